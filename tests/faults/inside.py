"""What a test does and looks up inside a site: ``python -m tests.faults.inside WHAT ARGUMENTS``.

Each function takes and gives JSON values; the last line that is written is its answer.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.db import connection  # noqa: E402

from review.models import Job, Review, User  # noqa: E402
from review.services.people import create_account  # noqa: E402
from review.services.protocol import create_review, set_criteria  # noqa: E402
from review.site.find import find_review  # noqa: E402
from screening.models import Decision  # noqa: E402
from tests import factories  # noqa: E402
from tests.faults import quarrel as quarrels  # noqa: E402
from tests.people import CRITERIA, member  # noqa: E402


def populate(*, reports: int, reviewers: int, slug: str = "ldn") -> dict[str, Any]:
    """A review with reports to screen and people who are logged in: their session keys by name."""
    review = create_review(slug=slug, title="Low-dose naltrexone for chronic pain", actor=None)
    set_criteria(review=review, criteria=CRITERIA, actor=None)
    factories.reports(factories.search(review), reports)
    people = {"lead": ["lead"], "adjudicator": ["adjudicator"]}
    people |= {f"reviewer{n}": ["reviewer"] for n in range(reviewers)}
    return {"slug": slug, "sessions": {n: join(review, n, *roles) for n, roles in people.items()}}


def join(review: Review, name: str, *roles: str) -> str:
    """A new member who is logged in; the key of their session."""
    user = create_account(email=f"{name}@example.org", name=name.title(), password=None)
    member(review, user, *roles)
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)


def votes(*, slug: str) -> list[list[Any]]:
    """Every vote: its key, the voter's name, the report, the choice, the note."""
    rows = Decision.objects.filter(review=find_review(slug), kind="vote").order_by("pk")
    columns = ("pk", "actor__name", "report_id", "choice", "note")
    return [list(row) for row in rows.values_list(*columns)]


def job() -> dict[str, Any]:
    """How the newest job stands."""
    found = Job.objects.order_by("-pk").first()
    return {"state": found.state, "error": found.error} if found else {"state": "", "error": ""}


def records(*, slug: str) -> dict[str, int]:
    """How many records a review has, and how many of them have a text."""
    found = find_review(slug).records
    return {"records": found.count(), "texts": found.exclude(current=None).count()}


def seek(*, slug: str) -> int:
    """Let two reviewers include a report on its abstract; its key."""
    voters = User.objects.filter(email__in=["reviewer0@example.org", "reviewer1@example.org"])
    return factories.include_on_abstract(find_review(slug).reports.first(), *voters).pk


def damage() -> list[Any]:
    """What SQLite finds wrong with its file."""
    with connection.cursor() as cursor:
        pages = cursor.execute("PRAGMA integrity_check").fetchall()
        keys = cursor.execute("PRAGMA foreign_key_check").fetchall()
    return [line for line in [*pages, *keys] if line != ("ok",)]


def quarrel(*, slug: str, seconds: float) -> dict[str, Any]:
    """What others do to the same reports; see ``tests.faults.quarrel``."""
    return quarrels.quarrel(find_review(slug), seconds)


def deadlocks() -> int | None:
    """How many deadlocks the database counted."""
    return quarrels.deadlocks()


def main() -> None:
    """Call the function that is named and write what it gives."""
    what, arguments = sys.argv[1:]
    sys.stdout.write(f"\n{json.dumps(globals()[what](**json.loads(arguments)))}\n")


if __name__ == "__main__":
    main()
