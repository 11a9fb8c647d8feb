"""``--long`` runs the tests marked long; without it they are skipped.

Without it Hypothesis also tries the same examples every time, so that a run says something about
the change and not about its luck; with it, new ones.
"""

import os

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("same", derandomize=True, deadline=None, database=None)
settings.register_profile("new", deadline=None, suppress_health_check=[HealthCheck.too_slow])

STARTERS = {"Local", "Place", "Program", "Up", "Worker"}  # what starts Winnow's own processes


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="also run fault loops and benchmarks")


def pytest_configure(config: pytest.Config) -> None:
    settings.load_profile("new" if config.getoption("--long") else "same")
    config.addinivalue_line("markers", "both: runs a second time on PostgreSQL and Redis")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    # The longest files first, so that nothing waits for one at the end.
    items.sort(key=is_quick)
    if not config.getoption("--long"):
        for item in items:
            if item.get_closest_marker("long"):
                item.add_marker(pytest.mark.skip(reason="long; run with --long"))


def is_quick(item: pytest.Item) -> bool:
    """Whether a test neither drives a browser nor lies beside tests that start processes."""
    starters = STARTERS & vars(item.getparent(pytest.Module).obj).keys()  # type: ignore[union-attr]
    return not starters and item.get_closest_marker("browser") is None


def skip_or_fail(variable: str, reason: str) -> None:
    """Skip this test; fail it where ``variable`` says that nothing may be missing."""
    if os.environ.get(variable) == "1":
        pytest.fail(f"{reason} ({variable}=1)", pytrace=False)
    pytest.skip(reason)
