"""When the database, the disk or Redis fails: what failed, and what may simply be done again.

SQLite names its failures by code, PostgreSQL by SQLSTATE (appendix A of its manual). What is none
of these is a fault of the program.
"""

from __future__ import annotations

import errno
import random
import time
from collections.abc import Callable
from enum import Enum
from functools import wraps
from typing import ParamSpec, TypeVar

import redis
from django import db

P = ParamSpec("P")
R = TypeVar("R")


class Outage(Enum):
    """What failed."""

    CLASH = "two transactions were in each other's way, and this one was given up"
    BUSY = "others kept the database for too long"
    GONE = "the database, its disk or Redis does not answer"
    FULL = "the disk is full"


CODES = {
    "SQLITE_BUSY": Outage.BUSY,
    "SQLITE_LOCKED": Outage.BUSY,
    "SQLITE_PROTOCOL": Outage.BUSY,
    "SQLITE_FULL": Outage.FULL,
    "SQLITE_IOERR": Outage.GONE,
    "SQLITE_CANTOPEN": Outage.GONE,
    "SQLITE_READONLY": Outage.GONE,
    "40001": Outage.CLASH,  # serialization failure
    "40P01": Outage.CLASH,  # deadlock
    "53100": Outage.FULL,
    "53": Outage.BUSY,  # too many connections, no memory
    "55P03": Outage.BUSY,  # lock not available
    "57014": Outage.BUSY,  # statement timeout
    "57P": Outage.GONE,  # shut down, starting up
    "58": Outage.GONE,  # a failure of its system
    "08": Outage.GONE,
    "25006": Outage.GONE,  # a standby, which only reads
}
NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
REPEATS = {Outage.CLASH: 3, Outage.GONE: 1}


def outage(error: BaseException | None) -> Outage | None:
    """What an error says has failed outside the program; None for any other error."""
    if isinstance(error, OSError):
        return Outage.FULL if error.errno in NO_ROOM else None
    if isinstance(error, redis.ConnectionError | redis.TimeoutError):
        return Outage.GONE
    if not isinstance(error, db.Error) or error.__cause__ is None:
        return None
    sqlite = getattr(error.__cause__, "sqlite_errorname", None)
    code = sqlite or getattr(error.__cause__, "sqlstate", None)
    if code is None:  # a connection that broke has no code
        lost = isinstance(error, db.OperationalError | db.InterfaceError)
        return Outage.GONE if lost else None
    return next((what for start, what in CODES.items() if code.startswith(start)), None)


def idempotent(act: Callable[P, R]) -> Callable[P, R]:
    """Mark an act that has the effect of one however often it is done, so that it may be repeated.

    When the database gives its transaction up it is done again, at most three times; once when
    the connection is lost. Inside another transaction it is not: that one is lost as a whole.
    """

    @wraps(act)
    def done(*args: P.args, **kwargs: P.kwargs) -> R:
        repeats = dict(REPEATS)
        while True:
            try:
                return act(*args, **kwargs)
            except db.Error as error:
                what = outage(error)
                if what is None or not repeats.get(what) or db.connection.in_atomic_block:
                    raise
                repeats[what] -= 1
            db.connection.close_if_unusable_or_obsolete()
            time.sleep(random.uniform(0.01, 0.1))  # noqa: S311 - so that two do not meet again

    return done
