"""One HTTP request whose whole answer is read within three time limits.

urllib's own timeout restarts with every byte that arrives, so an answer that drips in never ends.
Here each read from the socket may take only what is left until the deadline, headers included.
"""

from __future__ import annotations

import io
import socket
import ssl
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection, IncompleteRead
from typing import Any, cast
from urllib.error import URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPHandler, HTTPSHandler, OpenerDirector, ProxyHandler, Request

from review.pubmed.errors import CutOff, Permanent, PubmedError, Transient


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds to connect, between two pieces of the answer, and for everything together."""

    connect: float = 10
    read: float = 30
    total: float = 120


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server sent; the body is complete as far as HTTP can tell."""

    status: int
    reason: str
    headers: Mapping[str, str]
    body: bytes


def post(url: str, fields: Mapping[str, str | Sequence[str]], limits: Limits) -> Answer:
    """Send a form and read the whole answer, whatever its status; redirects are not followed.

    Raises Transient when the network fails or is too slow, Permanent for a bad certificate.
    """
    request = Request(url, urlencode(fields, doseq=True).encode(), {"User-Agent": "Winnow"})  # noqa: S310
    try:
        with _opener(url, _Deadline(limits)).open(request, timeout=limits.connect) as response:
            body = response.read()
            return Answer(response.status, response.reason, dict(response.headers), body)
    except (OSError, HTTPException) as error:
        raise _explained(error) from error


class _Deadline:
    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.ends = time.monotonic() + limits.total

    def seconds(self) -> float:
        """Give the time that the next read may take."""
        left = self.ends - time.monotonic()
        if left <= 0:
            raise TimeoutError(f"the answer was not complete after {self.limits.total:g} seconds")
        return min(left, self.limits.read)


class _WatchedBytes(io.RawIOBase):
    def __init__(self, raw: io.RawIOBase, sock: socket.socket, deadline: _Deadline) -> None:
        self.raw, self.sock, self.deadline = raw, sock, deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self.sock.settimeout(self.deadline.seconds())
        return cast("int | None", self.raw.readinto(buffer))

    def close(self) -> None:
        self.raw.close()
        super().close()


class _WatchedResponse(HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, deadline: _Deadline, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        raw = self.fp.detach()
        self.fp = io.BufferedReader(_WatchedBytes(raw, sock, deadline))


def _connection(
    kind: type[HTTPConnection], deadline: _Deadline, host: str, **kwargs: Any
) -> HTTPConnection:
    connection = kind(host, **kwargs)
    connection.response_class = partial(_WatchedResponse, deadline=deadline)  # type: ignore[assignment]
    return connection


class _Http(HTTPHandler):
    def __init__(self, deadline: _Deadline) -> None:
        super().__init__()
        self.deadline = deadline

    def http_open(self, req: Request) -> HTTPResponse:
        return self.do_open(partial(_connection, HTTPConnection, self.deadline), req)


class _Https(HTTPSHandler):
    def __init__(self, deadline: _Deadline) -> None:
        super().__init__()
        self.deadline = deadline

    def https_open(self, req: Request) -> HTTPResponse:
        connection = partial(_connection, HTTPSConnection, self.deadline)
        return self.do_open(connection, req, context=ssl.create_default_context())


def _opener(url: str, deadline: _Deadline) -> OpenerDirector:
    """Proxies as the environment says, except for this machine; no error or redirect handlers."""
    here = urlsplit(url).hostname in ("localhost", "127.0.0.1", "::1")
    opener = OpenerDirector()
    for handler in (ProxyHandler({} if here else None), _Http(deadline), _Https(deadline)):
        opener.add_handler(handler)
    return opener


def _explained(error: OSError | HTTPException) -> PubmedError:
    reason = error.reason if isinstance(error, URLError) else error
    if isinstance(reason, ssl.SSLCertVerificationError):
        return Permanent(f"PubMed's certificate cannot be trusted: {reason.verify_message}.")
    if isinstance(reason, IncompleteRead):
        return CutOff(f"PubMed's answer was cut off after {len(reason.partial):,} bytes.")
    if isinstance(reason, TimeoutError):
        return Transient("PubMed took too long to answer.")
    return Transient(f"PubMed could not be reached: {_brief(reason)}.")


def _brief(reason: object) -> str:
    if isinstance(reason, OSError) and reason.strerror:
        return reason.strerror.rstrip(".")
    return str(reason).rstrip(".") or type(reason).__name__
