"""Is this answer a whole XML document, or a fault that looks like one?

NCBI reports failures in many dresses: a status of 4xx or 5xx with HTML, JSON or XML, but also
status 200 with a web page, with nothing, with half a document, or with an ``<ERROR>`` inside.
Each becomes one of the errors of ``errors``, in NCBI's own words where there are some.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from html import unescape

from review.pubmed import errors
from review.pubmed.wire import Answer

OPENING = 2048  # bytes in which NCBI puts its <ERROR>
DEFAULT_PAUSE = 2.0  # seconds after a 429 that names none

_ERROR = re.compile(rb"<ERROR>(.*?)(?:</ERROR>|$)", re.DOTALL)
_TITLE = re.compile(rb"<title>(.*?)</title>", re.DOTALL | re.IGNORECASE)
_ROOT = re.compile(rb"<([A-Za-z_][\w.:-]*)")

# The first pattern that fits decides; "Search Backend failed" also introduces lasting faults.
_MEANINGS: tuple[tuple[str, type[errors.PubmedError]], ...] = (
    (r"rate limit", errors.RateLimited),
    (r"api[ _-]?key", errors.BadKey),
    (r"empty term|syntax|unbalanced|invalid query|missing term", errors.BadQuery),
    (r"history|webenv", errors.HistoryExpired),
    (r"retstart|first (9,?999|10,?000)", errors.Permanent),
    (r"id list is empty|no correct ids", errors.UnknownIds),
    (r"backend|time(d )?[ -]?out|empty response|viewer|unavailable|try again", errors.Transient),
    (r"invalid|unsupported|not supported|unknown|must ", errors.Permanent),
)


def checked(answer: Answer) -> bytes:
    """Give the body if it is a whole XML document without ``<ERROR>``, else raise what it is."""
    opening = answer.body[:OPENING].lstrip(b"\xef\xbb\xbf \t\r\n")
    words = ncbi_words(opening)
    if answer.status != 200:
        raise _refusal(answer, words)
    if not opening:
        raise errors.NotXml("PubMed sent an empty answer.")
    if words:
        raise classified(words, errors.Transient, _retry_after(answer.headers))
    if not opening.startswith(b"<?xml") or _is_web_page(opening):
        raise errors.NotXml(f"PubMed sent something that is not XML{_page_title(opening)}.")
    if not _ends_whole(answer.body):
        raise errors.CutOff("PubMed's answer was cut off before its end.")
    return answer.body


def ncbi_words(opening: bytes) -> str:
    """Find what NCBI itself says is wrong: ``<ERROR>`` in XML or ``error`` in JSON; "" if nothing.

    Source: pubmed.md section 3 (429 and bad keys come as JSON, most others as XML).
    """
    if opening.startswith(b"{"):
        try:
            found = json.loads(opening).get("error", "")
        except ValueError:
            return ""
        return _one_line(str(found))
    match = _ERROR.search(opening)
    return _one_line(unescape(match[1].decode("utf-8", "replace"))) if match else ""


def classified(
    words: str, otherwise: type[errors.PubmedError], retry_after: float | None = None
) -> errors.PubmedError:
    """Turn NCBI's words into the error they mean; ``otherwise`` when they are not known."""
    kinds = (kind for pattern, kind in _MEANINGS if re.search(pattern, words, re.IGNORECASE))
    kind = next(kinds, otherwise)
    sentence = f"PubMed says: {words}"
    if issubclass(kind, errors.Transient):
        pause = DEFAULT_PAUSE if kind is errors.RateLimited else None
        return kind(sentence, pause if retry_after is None else retry_after)
    return kind(sentence)


def _refusal(answer: Answer, words: str) -> errors.PubmedError:
    pause = _retry_after(answer.headers)
    words = words or _plain_text(answer.body[:OPENING])
    plain = f"PubMed answered {answer.status} ({answer.reason or 'no reason given'})."
    sentence = f"PubMed says: {words}" if words else plain
    if answer.status == 429:
        return errors.RateLimited(sentence, DEFAULT_PAUSE if pause is None else pause)
    if answer.status >= 500 or answer.status == 408:
        return errors.Transient(sentence, pause)
    return classified(words, errors.Permanent, pause) if words else errors.Permanent(plain)


def _is_web_page(opening: bytes) -> bool:
    """XHTML is well-formed XML, and still no answer."""
    root = _ROOT.search(opening)
    return root is not None and root[1].lower() == b"html"


def _ends_whole(body: bytes) -> bool:
    root = _ROOT.search(body)
    if not root:
        return False
    tail = body.rstrip()
    closed = tail.endswith(b"</" + root[1] + b">")
    return closed or (tail.endswith(b"/>") and body.find(b"<", root.end()) < 0)


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds from a Retry-After header: a number or an HTTP date (RFC 9110, 10.2.3)."""
    value = next((text for name, text in headers.items() if name.lower() == "retry-after"), "")
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        until = parsedate_to_datetime(value)
    except (TypeError, ValueError):
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    return max(0.0, (until - datetime.now(UTC)).total_seconds())


def _plain_text(opening: bytes) -> str:
    """Words of a refusal that is neither XML nor a web page nor JSON."""
    text = opening.decode("utf-8", "replace").strip()
    return "" if text.startswith(("<", "{")) else _one_line(text)


def _page_title(opening: bytes) -> str:
    match = _TITLE.search(opening)
    return f" (a page titled “{_one_line(match[1].decode('utf-8', 'replace'))}”)" if match else ""


def _one_line(words: str) -> str:
    return " ".join(words.split())[:500]
