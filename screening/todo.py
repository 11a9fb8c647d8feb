"""What screening holds for a member: reports to vote on, conflicts, full texts to get."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from review.access import Access
from review.models import Position, Report, Stage, StageName
from review.querysets.counting import counts
from review.todo import Todo
from screening.asking import waiting_for
from screening.models import Decision, Standing
from screening.querysets import awaiting

WORDS = {
    "pairs": ("possible duplicate to answer", "possible duplicates to answer"),
    f"vote_{StageName.TITLE_ABSTRACT}": ("to screen", "to screen"),
    f"settle_{StageName.TITLE_ABSTRACT}": ("conflict to settle", "conflicts to settle"),
    f"vote_{StageName.FULL_TEXT}": ("full text to judge", "full texts to judge"),
    f"settle_{StageName.FULL_TEXT}": (
        "full-text conflict to settle",
        "full-text conflicts to settle",
    ),
    **{
        f"changed_{name}": ("report changed since you decided", "reports changed since you decided")
        for name in StageName
    },
    "get": ("full text to get", "full texts to get"),
}


def for_member(access: Access) -> list[Todo]:
    """Lines with at least one thing to do, in the order of the flow; two queries."""
    lists = {name: (rows, url) for name, rows, url in _lists(access)}
    n = counts(access.review, **{name: rows for name, (rows, _) in lists.items()}) if lists else {}
    return [
        Todo(n[name], WORDS[name][n[name] != 1], lists[name][1]) for name in WORDS if n.get(name)
    ]


def _lists(access: Access) -> Iterator[tuple[str, QuerySet[Any], str]]:
    """The lists of work that a role has, by the keys of WORDS, each with its page."""
    review, role = access.review, access.role
    if role.may_answer_pairs():
        yield "pairs", waiting_for(access), reverse("screening:pairs", args=[review.slug])
    for stage in Stage.objects.filter(review=review):
        address = [review.slug, stage.name]
        if role.may_vote(stage.name) and stage.is_open:
            waiting = awaiting(access.user, stage)
            yield f"vote_{stage.name}", waiting, reverse("screening:queue", args=address)
        if role.may_vote(stage.name):
            changed = Decision.objects.to_read_again(access.user, stage)
            mine = reverse("screening:mine", args=address)
            yield f"changed_{stage.name}", changed, f"{mine}?changed=1"
        if role.may_settle() and stage.is_open:
            disputed = Standing.objects.in_conflict(stage)
            yield f"settle_{stage.name}", disputed, reverse("screening:conflicts", args=address)
    if role.may_work():
        sought = Report.objects.filter(review=review, position=Position.SOUGHT)
        yield "get", sought, reverse("screening:full_text", args=[review.slug])
