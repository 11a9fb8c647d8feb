"""What the crawler knows of every route: how to build it and who may get it.

Each app lists its own in ``tests/<app>/routes.py``; ``tests/site/test_access.py`` walks them all
as every role, as a stranger and as nobody, and fails on a route that no list names.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

MEMBERS = frozenset({"lead", "ann", "adjudicator", "observer"})
WORKERS = frozenset({"lead", "ann"})
EVERYBODY = MEMBERS | {"admin"}


@dataclass(frozen=True, slots=True)
class Route:
    """One URL name. ``kwargs`` builds its arguments from a world; ``allowed`` names roles.

    ``post`` routes are sent ``data(world)``; a role that is not allowed gets 403, outsiders 404.
    An allowed role gets ``status`` or, after a POST, any answer below 400 (422 for a bad form).
    """

    name: str
    allowed: frozenset[str]
    kwargs: Callable[[Any], dict[str, Any]] = field(default=lambda world: {})
    method: str = "get"
    data: Callable[[Any], dict[str, Any]] = field(default=lambda world: {})
    in_review: bool = True
