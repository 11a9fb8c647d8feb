"""What an answer took: the names that its view read from the address and the form, and its writes.

Names are found where they are read, so that a new field is crawled without being listed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.contrib.messages import WARNING, get_messages
from django.db import connection, transaction
from django.http import QueryDict
from django.test import Client

READERS = ("get", "getlist", "__getitem__", "__contains__")
WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")
REFUSALS = (400, 403, 404, 409, 422, 423)
ALWAYS = {"django_session", "site_cache"}


@dataclass(slots=True)
class Taken:
    """An answer, its body, the names its view read, and the tables that it wrote to."""

    answer: Any
    body: str
    read: set[str] = field(default_factory=set)
    asked: set[str] = field(default_factory=set)
    wrote: set[str] = field(default_factory=set)

    @property
    def status(self) -> int:
        """The status of the answer."""
        return int(self.answer.status_code)

    @property
    def is_refused(self) -> bool:
        """Whether it says no: by its status, or in words on the page that it leads to."""
        said = get_messages(self.answer.wsgi_request)
        return self.status in REFUSALS or any(each.level >= WARNING for each in said)


_reads: list[tuple[QueryDict, str]] = []


@contextmanager
def noting_reads() -> Iterator[None]:
    """While this lasts, every name that is read from an address or a form is noted."""

    def noting(reader: Callable[..., Any]) -> Callable[..., Any]:
        def read(self: QueryDict, name: str, *more: Any, **named: Any) -> Any:
            _reads.append((self, name))
            return reader(self, name, *more, **named)

        return read

    with pytest.MonkeyPatch.context() as patch:
        for name in READERS:
            patch.setattr(QueryDict, name, noting(getattr(QueryDict, name)))
        yield


def take(client: Client, method: str, where: str, data: Any = None, then: Any = None) -> Taken:
    """Send a request, let ``then`` look at what it changed, and undo that."""
    wrote: set[str] = set()

    def note(execute: Any, sql: str, *more: Any) -> Any:
        verb, _, rest = sql.lstrip().partition(" ")
        if verb in WRITES:
            wrote.add(rest.split('"')[1] if '"' in rest else rest)
        return execute(sql, *more)

    _reads.clear()
    with transaction.atomic():
        with connection.execute_wrapper(note):
            answer = getattr(client, method)(where, data or {})
            body = b"".join(answer) if answer.streaming else answer.content
        request = answer.wsgi_request
        taken = Taken(answer, body.decode("latin-1"), wrote=wrote - ALWAYS)
        taken.read = {name for sent, name in _reads if sent is request.POST}
        taken.asked = {name for sent, name in _reads if sent is request.GET}
        if then is not None and taken.wrote:
            then(taken)
        transaction.set_rollback(True)
    return taken
