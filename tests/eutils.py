"""A local HTTP server that speaks NCBI's E-utilities: a real network, without the internet.

It knows the records that it was given, answers a query with the PMIDs that it was told, notes every
request, and misbehaves on demand. By hand, over a whole file::

    python -m tests.eutils --xml FILE --port 8099
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import threading
import time
from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from review.pubmed.cut import pieces, pmid_of
from tests import eutils_answers as answer
from tests.eutils_answers import Matches, Reply
from tests.eutils_faults import Fault

SEVERAL = "&"  # between the values of a field that was sent several times


@dataclass(frozen=True)
class Asked:
    """One request: when (monotonic seconds), which utility, with what, and how."""

    at: float
    util: str
    params: dict[str, str]
    method: str


class EUtils:
    """The server; a context manager. ``url`` is what EUTILS_BASE_URL would be."""

    def __init__(self, port: int = 0, per_second: int | None = None) -> None:
        self.records: dict[str, bytes] = {}
        self.entered: dict[str, date] = {}  # entrez dates; ``answer.ENTERED`` for all others
        self.queries: dict[str | None, Matches] = {}
        self.links: dict[str, dict[str, Iterable[str]]] = {}  # by link name and PMID
        self.histories: dict[str, tuple[str, ...]] = {}
        self.requests: list[Asked] = []
        self.faults: deque[tuple[str, Fault]] = deque()
        self.dtd = answer.DTD
        self.per_second = per_second  # above it, 429 as NCBI does (3, or 10 with a key)
        self.stopping = threading.Event()
        self.held = threading.Event()  # set while a held request waits
        self._hold: tuple[str, int] | None = None
        self._released = threading.Event()
        self._lock = threading.Lock()
        self._http = _Server(("127.0.0.1", port), type("Bound", (_Handler,), {"eutils": self}))
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}/entrez/eutils"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> EUtils:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stopping.set()
        self.release()
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()

    def holds(self, xml: bytes | Path) -> tuple[str, ...]:
        """Take in all records of a document, by PMID; gives the PMIDs in order."""
        found = list(pieces(xml.read_bytes() if isinstance(xml, Path) else xml))
        self.records.update({pmid_of(piece): piece for piece in found})
        self.entered.update(
            {pmid_of(piece): at for piece in found if (at := answer.entered(piece))}
        )
        return tuple(pmid_of(piece) for piece in found)

    def answers(
        self,
        term: str | None,
        pmids: Iterable[str],
        translation: str = "",
        errors: Iterable[tuple[str, str]] = (),
        warnings: Iterable[tuple[str, str]] = (),
    ) -> None:
        """Let a query find these PMIDs; None is any query without an answer of its own."""
        self.queries[term] = Matches(tuple(pmids), translation, tuple(errors), tuple(warnings))

    def misbehave(self, *faults: Fault, util: str = "", times: int = 1) -> None:
        """Queue faults: each spoils one of the next requests (to ``util``, if given)."""
        with self._lock:
            self.faults.extend((util, fault) for fault in faults * times)

    def hold(self, util: str = "efetch", after: int = 0) -> None:
        """Keep one request waiting, after letting ``after`` others pass, until ``release``.

        ``held`` is set while it waits: the moment to kill whoever asked.
        """
        self.held.clear()
        self._released.clear()
        self._hold = (util, after)

    def release(self) -> None:
        """Answer the held request, and hold no more."""
        self._hold = None
        self._released.set()

    def asked(self, util: str) -> list[Asked]:
        """Requests to one utility, oldest first."""
        return [request for request in self.requests if request.util == util]

    def reply(self, util: str, params: dict[str, str], method: str) -> Reply:
        """Answer one request, with all limits, faults and holds applied."""
        now = time.monotonic()
        with self._lock:
            self.requests.append(Asked(now, util, params, method))
            recent = sum(request.at > now - 1 for request in self.requests)
            fault = self._next_fault(util)
            holding = self._is_held(util)
        if holding:
            self.held.set()
            self._released.wait(60)
        if self.per_second and recent > self.per_second:
            return _too_fast(params, recent, self.per_second)
        reply = self._plain(util, params)
        return fault(reply) if fault else reply

    def _next_fault(self, util: str) -> Fault | None:
        for place, (wanted, fault) in enumerate(self.faults):
            if wanted in ("", util):
                del self.faults[place]
                return fault
        return None

    def _is_held(self, util: str) -> bool:
        if self._hold is None or self._hold[0] != util:
            return False
        passing = self._hold[1]
        self._hold = (util, passing - 1) if passing else None
        return not passing

    def _plain(self, util: str, params: dict[str, str]) -> Reply:
        if params.get("db") != "pubmed":
            words = f"Invalid db name specified: {params.get('db', '')}"
            return answer.error_reply("eSearchResult", words, 400)
        if util == "esearch":
            return self._search(params)
        if util == "elink":
            return self._links(params)
        if util in ("efetch", "epost", "esummary"):
            return self._records(util, params)
        return Reply(b"Not Found", 404, {"Content-Type": "text/plain"})

    def _search(self, params: dict[str, str]) -> Reply:
        term = params.get("term", "")
        if not term:
            words = "Empty term and query_key - nothing todo"
            return answer.error_reply("eSearchResult", words)
        unknown = Matches((), "", (("PhraseNotFound", term),))
        found = self.queries.get(term, self.queries.get(None, unknown))
        if limits := answer.entrez_dates(params):
            within = (p for p in found.pmids if limits(self.entered.get(p, answer.ENTERED)))
            found = replace(found, pmids=tuple(within))
        kept = ""
        if params.get("usehistory") == "y":
            kept = f"<QueryKey>1</QueryKey><WebEnv>{self._keep(found.pmids)}</WebEnv>"
        start, most = int(params.get("retstart", 0)), int(params.get("retmax", 20))
        return answer.esearch(found, term, start, most, kept)

    def _links(self, params: dict[str, str]) -> Reply:
        """Each ``id`` of its own gets a set of its own; PMIDs in one ``id`` share one."""
        name = params.get("linkname", "pubmed_pubmed")
        known = self.links.get(name, {})
        sets = [group.split(",") for group in params.get("id", "").split(SEVERAL) if group]
        found = [(ids, [link for pmid in ids for link in known.get(pmid, ())]) for ids in sets]
        return answer.elink(name, found)

    def _records(self, util: str, params: dict[str, str]) -> Reply:
        ids = [number.strip() for number in params.get("id", "").split(",") if number.strip()]
        start, most = int(params.get("retstart", 0)), int(params.get("retmax", 10_000))
        if webenv := params.get("WebEnv"):
            if webenv not in self.histories or start >= answer.MOST:
                words = f"Cannot retrieve history data. WebEnv: {webenv}, retstart: {start}"
                return answer.error_reply("eFetchResult", words, 400)
            ids = list(self.histories[webenv])
        if not any(number.isdecimal() for number in ids):
            words = "ID list is empty! Possibly it has no correct IDs."
            return answer.error_reply("eFetchResult", words, 400)
        if util == "epost":
            return answer.epost(self._keep(ids))
        window = ids[start : start + most]
        if util == "esummary":
            return answer.esummary(self.records, window)
        return answer.efetch(self.records, window, self.dtd)

    def _keep(self, pmids: Iterable[str]) -> str:
        name = f"MCID_{len(self.histories) + 1:04d}"
        self.histories[name] = tuple(pmids)
        return name


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that gave up is no news; anything else is."""
        if not isinstance(sys.exc_info()[1], OSError | ValueError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    eutils: EUtils
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer(urlsplit(self.path).query)

    def do_POST(self) -> None:
        self._answer(self.rfile.read(int(self.headers.get("Content-Length", 0))).decode())

    def begin(self, reply: Reply, **more: str) -> None:
        """Write status and headers."""
        self.send_response(reply.status)
        headers = {**reply.headers, **more}
        if "Transfer-Encoding" not in headers:
            headers.setdefault("Content-Length", str(len(reply.body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Connection", "close")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Stay silent: tests read ``requests``."""

    def _answer(self, query: str) -> None:
        self.close_connection = True
        util = urlsplit(self.path).path.rpartition("/")[2].removesuffix(".fcgi")
        params: dict[str, str] = {}
        for name, value in parse_qsl(query, keep_blank_values=True):
            params[name] = f"{params[name]}{SEVERAL}{value}" if name in params else value
        reply = self.eutils.reply(util, params, self.command)
        if reply.send:
            reply.send(self, reply)
        else:
            self.begin(reply)
            self.wfile.write(reply.body)


def _too_fast(params: dict[str, str], count: int, limit: int) -> Reply:
    who = params.get("api_key", "127.0.0.1")
    words = {"error": "API rate limit exceeded", "api-key": who, "count": count, "limit": limit}
    return Reply(json.dumps(words).encode(), 429, {"X-RateLimit-Limit": str(limit)})


def main() -> None:
    """Serve a file of records until Ctrl-C; every query finds all of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--xml", type=Path, action="append", required=True, help="may be .gz")
    parser.add_argument("--port", type=int, default=8099)
    parser.add_argument("--per-second", type=int, help="answer 429 above this rate")
    options = parser.parse_args()
    with EUtils(options.port, options.per_second) as server:
        for path in options.xml:
            packed = path.read_bytes()
            server.holds(gzip.decompress(packed) if path.suffix == ".gz" else packed)
        server.answers(None, server.records)
        print(f"EUTILS_BASE_URL={server.url} ({len(server.records):,} records)", flush=True)  # noqa: T201
        with suppress(KeyboardInterrupt):
            threading.Event().wait()


if __name__ == "__main__":
    main()
