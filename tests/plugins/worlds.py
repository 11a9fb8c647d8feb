"""Two furnished reviews for a whole file of tests, each test rolled back to them.

Only for files whose tests all are ``django_db`` without real transactions.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from django.db import transaction

if TYPE_CHECKING:
    from tests.site.world import World


@pytest.fixture(scope="module")
def worlds(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[World, World]]:
    """A review and another one of the same people, of which the stranger is lead."""
    from tests.site.world import two_worlds

    with django_db_blocker.unblock(), transaction.atomic():
        yield two_worlds()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def apart(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[World, World]]:
    """The same, with keys that tell of which table they are: no two rows share one."""
    from tests.site.rows import distinct_keys
    from tests.site.world import two_worlds

    with django_db_blocker.unblock(), transaction.atomic():
        distinct_keys()
        yield two_worlds()
        transaction.set_rollback(True)
