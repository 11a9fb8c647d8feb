"""A transport towards the local E-utilities that pauses in no time and remembers each pause."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from review.pubmed.transport import Retrying, Transport
from review.pubmed.wire import Limits
from tests.eutils import EUtils


@dataclass
class Pauses:
    """What the waiting page would have shown, and for how long we would have slept."""

    shown: list[tuple[float, str]] = field(default_factory=list)
    slept: list[float] = field(default_factory=list)
    pushed_back: list[float] = field(default_factory=list)
    turns: int = 0

    def wait(self) -> None:
        self.turns += 1

    def on_wait(self, seconds: float, why: str) -> None:
        self.shown.append((seconds, why))


def asking(server: EUtils | str, pauses: Pauses | None = None, **changes: Any) -> Transport:
    """Build a transport for a server or an address; ``tries`` and fields of Transport may change.

    Pauses have no jitter: 0.5, 1, 2 ... times the first.
    """
    pauses = pauses or Pauses()
    retrying = Retrying(
        tries=changes.pop("tries", 6),
        sleep=pauses.slept.append,
        on_wait=changes.pop("on_wait", pauses.on_wait),
        jitter=lambda: 0.5,
    )
    defaults: dict[str, Any] = {
        "base_url": server if isinstance(server, str) else server.url,
        "tool": "winnow-tests",
        "email": "team@example.org",
        "wait": pauses.wait,
        "push_back": pauses.pushed_back.append,
        "limits": Limits(connect=2, read=2, total=5),
        "retrying": retrying,
    }
    return Transport(**{**defaults, **changes})
