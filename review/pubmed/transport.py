"""Ask one E-utility, politely, until it answers or clearly will not.

Every request carries tool, e-mail and key, waits for its turn, goes by POST (so that no address in
a log holds the key) and is tried again with growing pauses while the fault may pass.
Source: NLM's E-utilities usage guidelines; pubmed.md section 4.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from review.pubmed import wire
from review.pubmed.answers import DEFAULT_PAUSE, checked
from review.pubmed.errors import PubmedError, RateLimited, Transient

Params = Mapping[str, str | Sequence[str]]  # a list is sent as the same field several times
SLICE = 5.0  # seconds: a waiting job reports at least this often that it is alive


def no_wait() -> None:
    """Take no turns: for tests and for a notebook that asks once."""


def ignore_push_back(seconds: float) -> None:
    """Tell nobody that NCBI asked for a pause."""


def ignore_pause(seconds: float, why: str) -> None:
    """Show nobody that we are waiting."""


@dataclass(slots=True)
class Tally:
    """What a run cost: HTTP requests, how many were repeats, and seconds spent in pauses."""

    requests: int = 0
    retries: int = 0
    waited: float = 0.0


@dataclass(frozen=True, slots=True)
class Retrying:
    """How long to insist: ``tries`` in all, pauses doubling from ``first`` up to ``longest``.

    ``on_wait(seconds_left, why)`` is called before each slice of a pause and may raise to cancel.
    A server that asks for more patience than ``patience`` seconds ends the run instead.
    """

    tries: int = 6
    first: float = 1.0
    longest: float = 30.0
    patience: float = 600.0
    sleep: Callable[[float], None] = time.sleep
    on_wait: Callable[[float, str], None] = ignore_pause
    jitter: Callable[[], float] = random.random

    def pause(self, failures: int, asked: float | None) -> float:
        """Seconds to wait after so many failures: never less than the server ``asked`` for."""
        own = min(self.longest, self.first * 2.0 ** (failures - 1)) * (0.5 + self.jitter())
        return own if asked is None else max(own, asked + self.jitter())


@dataclass(frozen=True, slots=True)
class Transport:
    """Where PubMed is and who asks. ``wait`` returns when the next request may go.

    ``push_back(seconds)`` is told when NCBI wants everybody with this key to pause.
    """

    base_url: str
    tool: str
    email: str
    api_key: str = field(default="", repr=False)
    wait: Callable[[], None] = no_wait
    push_back: Callable[[float], None] = ignore_push_back
    limits: wire.Limits = field(default_factory=wire.Limits)
    retrying: Retrying = field(default_factory=Retrying)
    tally: Tally = field(default_factory=Tally, compare=False)

    def __post_init__(self) -> None:
        if not self.base_url.startswith(("https://", "http://")):
            raise ValueError(f"{self.base_url!r} is not a web address: start it with https://")

    def call(self, util: str, params: Params) -> bytes:
        """Give the whole XML answer of ``util`` ("esearch", "efetch", "elink").

        Raises Transient after the last try, Permanent at once.
        """
        failures = 0
        while True:
            try:
                return self.once(util, params)
            except Transient as error:
                failures += 1
                seconds = self.retrying.pause(failures, error.retry_after)
                if failures >= self.retrying.tries or seconds > self.retrying.patience:
                    raise
                self._rest(seconds, error.words)
                self.tally.retries += 1

    def once(self, util: str, params: Params) -> bytes:
        """Ask a single time, in turn; raises what ``answers.checked`` and ``wire.post`` raise."""
        self.wait()
        self.tally.requests += 1
        try:
            return checked(wire.post(self._address(util), self._signed(params), self.limits))
        except RateLimited as error:
            self.push_back(DEFAULT_PAUSE if error.retry_after is None else error.retry_after)
            raise self._without_key(error) from None
        except PubmedError as error:
            raise self._without_key(error) from error.__cause__

    def _address(self, util: str) -> str:
        return f"{self.base_url.rstrip('/')}/{util}.fcgi"

    def _signed(self, params: Params) -> dict[str, str | Sequence[str]]:
        key = {"api_key": self.api_key} if self.api_key else {}
        return {**params, "tool": self.tool, "email": self.email, **key}

    def _without_key(self, error: PubmedError) -> PubmedError:
        """NCBI repeats a refused key in its words; nobody else may read it."""
        if self.api_key:
            error.words = error.words.replace(self.api_key, "(your key)")
            error.args = (error.words,)
        return error

    def _rest(self, seconds: float, why: str) -> None:
        self.tally.waited += seconds
        left = seconds
        while left > 0:
            self.retrying.on_wait(left, why)
            self.retrying.sleep(min(left, SLICE))
            left -= SLICE
