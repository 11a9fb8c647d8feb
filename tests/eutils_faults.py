"""Misbehaviours for the local E-utilities, each seen at NCBI or on the way to it.

A fault takes the reply that would have been sent and gives another one. Use them with
``EUtils.misbehave(fault, ..., util="efetch")``; each is used for one request.
"""

from __future__ import annotations

import json
import re
import socket
import struct
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tests.eutils_answers import Reply, error_reply

Fault = Callable[[Reply], Reply]
HTML = b"<!DOCTYPE html><html><head><title>NCBI - WWW Error Diagnostic</title></head></html>"


def too_many_requests(retry_after: str | None = None) -> Fault:
    """429 with NCBI's JSON, with or without Retry-After."""
    words = {"error": "API rate limit exceeded", "api-key": "127.0.0.1", "count": "4", "limit": "3"}
    headers = {"Content-Type": "application/json", "X-RateLimit-Limit": "3"}
    if retry_after is not None:
        headers["Retry-After"] = retry_after
    return lambda reply: Reply(json.dumps(words).encode(), 429, headers)


def status(code: int, body: bytes = HTML, **headers: str) -> Fault:
    """Any other status, by default with a web page as body."""
    return lambda reply: Reply(body, code, {"Content-Type": "text/html", **headers})


def says(words: str, code: int = 200) -> Fault:
    """An ``<ERROR>`` document."""
    return lambda reply: error_reply("eFetchResult", words, code)


def web_page() -> Fault:
    """A web page with status 200."""
    return lambda reply: Reply(HTML, 200, {"Content-Type": "text/html"})


def json_error(words: str = "Search Backend failed: Couldn't resolve #exLinkSrv2") -> Fault:
    """JSON with an error and status 200."""
    body = json.dumps({"error": words}).encode()
    return lambda reply: Reply(body, 200, {"Content-Type": "application/json"})


def nothing() -> Fault:
    """An empty body with status 200."""
    return lambda reply: Reply(b"")


def refused_key(key: str) -> Fault:
    """NCBI's answer to a wrong key, which repeats the key."""
    words = {"error": "API key invalid", "api-key": key, "type": "invalid", "status": "unknown"}
    return lambda reply: Reply(json.dumps(words).encode(), 400)


def cut_short(keep: float = 0.5, *, honest: bool = True) -> Fault:
    """Only the first part of the body; ``honest``: with a Content-Length that fits the part."""

    def fault(reply: Reply) -> Reply:
        part = reply.body[: int(len(reply.body) * keep)]
        if honest:
            return replace(reply, body=part)
        length = {"Content-Length": str(len(reply.body))}
        return replace(reply, body=part, headers={**reply.headers, **length})

    return fault


def cut_in_chunk() -> Fault:
    """A chunked answer whose connection ends inside a chunk."""

    def send(handler: Any, reply: Reply) -> None:
        handler.begin(reply, **{"Transfer-Encoding": "chunked"})
        handler.wfile.write(f"{len(reply.body):x}\r\n".encode() + reply.body[:50])

    return lambda reply: replace(reply, send=send)


def stalled() -> Fault:
    """Nothing at all comes, and the connection stays open until the server stops."""
    return lambda reply: replace(
        reply, send=lambda handler, reply: handler.eutils.stopping.wait(60)
    )


def dripping(seconds: float, *, headers: bool = False) -> Fault:
    """One byte every so many seconds, of the body or already of the headers."""

    def send(handler: Any, reply: Reply) -> None:
        text = reply.body
        if headers:
            text = b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 10_000
        else:
            handler.begin(reply)
        for place in range(len(text)):
            if handler.eutils.stopping.wait(seconds):
                return
            handler.wfile.write(text[place : place + 1])

    return lambda reply: replace(reply, send=send)


def reset() -> Fault:
    """The connection is reset before a byte is sent."""

    def send(handler: Any, reply: Reply) -> None:
        linger = struct.pack("ii", 1, 0)
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        handler.connection.close()

    return lambda reply: replace(reply, send=send)


def hung_up() -> Fault:
    """The connection is closed in order, but without an answer."""
    return lambda reply: replace(reply, send=lambda handler, reply: None)


def counting(count: int) -> Fault:
    """ESearch claims another count than it lists."""
    return _edit(rb"<Count>\d+</Count>", f"<Count>{count}</Count>".encode(), times=1)


def without(*pmids: str) -> Fault:
    """These records or identifiers are left out."""
    return _edit(_of(pmids), b"")


def twice(*pmids: str) -> Fault:
    """These records or identifiers come two times."""
    return _edit(_of(pmids), rb"\g<0>\g<0>")


def replaced(old: str, new: str) -> Fault:
    """The first such text in the body is another one."""
    return _edit(re.escape(old.encode()), new.encode().replace(b"\\", rb"\\"), times=1)


def _of(pmids: tuple[str, ...]) -> bytes:
    numbers = "|".join(pmids).encode()
    record = (
        rb"<Pubmed(?:Book)?Article>(?:(?!</Pubmed).)*?"
        rb"<PMID[^>]*>(?:%s)</PMID>.*?</Pubmed(?:Book)?Article>"
    )
    return rb"<Id>(?:%s)</Id>|" % numbers + record % numbers


def _edit(pattern: bytes, by: bytes, times: int = 0) -> Fault:
    return lambda reply: replace(
        reply, body=re.sub(pattern, by, reply.body, count=times, flags=re.DOTALL)
    )
