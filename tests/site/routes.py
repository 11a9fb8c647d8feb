"""Every route of the site: the pages that need all stages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings

from review.models import Alert, Job, Membership
from review.models.jobs import State
from review.services.people import add_member
from review.site.exports import TASK
from tests.routes import EVERYBODY, MEMBERS, Route

ANYBODY = EVERYBODY | {"stranger"}
MANAGERS = frozenset({"lead", "admin"})


def furnish(world: Any) -> None:
    """A member who never logged in, and a complete export."""
    slug = world.review.slug
    world.membership = Membership.objects.get(review=world.review, user=world.bo)
    world.newcomer = add_member(
        review=world.review, email=f"new-{slug}@example.org", roles=("observer",), actor=None
    )
    world.export = Job.objects.create(
        review=world.review,
        task=TASK,
        subject="Records with decisions (CSV)",
        key=f"export {slug}",
        state=State.DONE,
        file=f"{slug}-decisions.csv",
        made_by=world.lead,
    )
    record = world.reports[-1].records.get()
    world.alert = Alert.objects.create(
        review=world.review,
        record=record,
        pmid=record.pmid,
        kind="retracted",
        notice="77777",
        words="Retracted in: Pain. 2026;1:1",
    )
    folder = Path(settings.EXPORT_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / world.export.file).write_text("record\n")


def of(name: str) -> Any:
    """The key of a row of the world."""
    return lambda world: {"pk": getattr(world, name).pk}


def roles(world: Any) -> dict[str, Any]:
    return {"roles": ["reviewer", "adjudicator"]}


def somebody(world: Any) -> dict[str, Any]:
    return {"email": "cleo@example.org", "name": "Cleo", "roles": ["observer"]}


def auckland(world: Any) -> dict[str, Any]:
    return {"zone": "Pacific/Auckland"}


def table(world: Any) -> dict[str, Any]:
    return {"table": "decisions", "format": "csv"}


def done(world: Any) -> dict[str, Any]:
    return {"done": "Left out of the analysis."}


ROUTES = [
    Route("site:reviews", ANYBODY, in_review=False),
    Route("site:healthz", ANYBODY | {"nobody"}, in_review=False),
    Route("site:time_zone", ANYBODY, in_review=False),
    Route("site:time_zone", ANYBODY, method="post", data=auckland, in_review=False),
    Route("site:home", EVERYBODY),
    Route("site:flow_svg", EVERYBODY),
    Route("site:flow_json", EVERYBODY),
    Route("site:members", EVERYBODY),
    Route("site:member_add", MANAGERS, method="post", data=somebody),
    Route("site:member", MANAGERS, of("membership")),
    Route("site:member", MANAGERS, of("membership"), method="post", data=roles),
    Route("site:member_remove", MANAGERS, of("membership"), method="post"),
    Route("site:member_link", MANAGERS, of("newcomer"), method="post"),
    Route("site:alerts", MEMBERS),
    Route("site:alert_answer", frozenset({"lead"}), of("alert"), method="post", data=done),
    Route("site:exports", MEMBERS),
    Route("site:export_start", MEMBERS, method="post", data=table),
    Route("site:job", MEMBERS, of("export")),
    Route("site:download", MEMBERS, of("export")),
]
