"""Every route of screening, who may get it, and the rows that some of them need."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from review.models import Pair
from review.services.stages import rules_of
from screening import ballots
from screening.models import Standing
from screening.services.merging import merge_reports
from screening.services.removing import select_reports, start_removal
from screening.services.rules import change_rules
from screening.tasks import remove_reports
from tests import factories
from tests.routes import EVERYBODY, MEMBERS, WORKERS, Route

ANN = frozenset({"ann"})
LEAD = frozenset({"lead"})
ADJUDICATOR = frozenset({"adjudicator"})
ANSWERERS = WORKERS | ADJUDICATOR


def furnish(world: Any) -> None:
    """A sought report, a conflict, a vote of Ann's, a merge and a pair that waits."""
    source = factories.search(world.review, source="Embase")
    fresh = factories.reports(source, 7, first=700001)
    world.awaiting, world.in_conflict, world.voted, world.kept, absorbed, *asked = fresh
    factories.vote(world.ann, world.in_conflict, "include")
    factories.vote(world.bo, world.in_conflict, "exclude")
    world.own_vote = factories.vote(world.ann, world.voted, "include")
    world.change = change_rules(
        stage=world.stage("title_abstract"),
        values={"ask_reasons": True},
        seen=0,
        actor=world.lead,
        reason="Kappa was low",
    )
    world.sought = factories.reports(source, 1, first=700101)[0]
    factories.include_on_abstract(world.sought, world.ann, world.bo)
    world.merge = merge_reports(
        survivor=world.kept, absorbed=absorbed, why="Same trial", actor=world.lead
    )
    _removals(world, factories.reports(source, 2, first=700201))
    first, second = sorted(asked, key=lambda report: report.pk)
    world.pair = Pair.objects.create(
        review=world.review, first=first, second=second, why="The same DOI, other titles."
    )


def _removals(world: Any, found: list[Any]) -> None:
    """A report that was removed, and another that is chosen to be."""
    for report in found:
        world.selection = select_reports(
            review=world.review, reports=[report.pk], selection="one report", actor=world.lead
        )
        if report != found[-1]:
            world.removal, world.removed = world.selection, report
            why = {"target": "removed_other", "reason": "Test record", "tool": ""}
            job = start_removal(removal=world.removal, actor=world.lead, **why)
            remove_reports(job.pk)


def _stage(world: Any) -> dict[str, Any]:
    return {"stage": "title_abstract"}


def _on(name: str) -> Callable[[Any], dict[str, Any]]:
    """Arguments of a page about one row, by its name in the world."""
    return lambda world: {"pk": getattr(world, name).pk}


def _at(name: str) -> Callable[[Any], dict[str, Any]]:
    """The same at title and abstract."""
    return lambda world: {"stage": "title_abstract", "pk": getattr(world, name).pk}


def _vote(world: Any) -> dict[str, Any]:
    token = ballots.issue(
        voter=world.ann,
        stage=world.stage("title_abstract"),
        report=world.awaiting,
        criteria=None,
        known=None,
    )
    return {"token": token, "verdict": "exclude"}


def _ruling(world: Any) -> dict[str, Any]:
    seen = Standing.objects.get(report=world.in_conflict, stage__name="title_abstract").last_id
    return {"verdict": "exclude", "rationale": "Not pain", "seen": seen, "nonce": "routes"}


def _attempt(world: Any) -> dict[str, Any]:
    return {"tried_on": "2024-03-14", "how": "Asked the library"}


def _rules(world: Any) -> dict[str, Any]:
    values = rules_of(world.stage("title_abstract"))
    ticked = {name: "on" for name, value in values.items() if value is True}
    chosen = {name: value for name, value in values.items() if isinstance(value, str | int)}
    plain = {name: value for name, value in chosen.items() if not isinstance(value, bool)}
    return plain | ticked | {"votes_needed": 3, "seen": world.change.pk}


def _words(world: Any) -> dict[str, Any]:
    return {"whose": "own", "own-include": "naltrexone", "own-exclude": "opioid*"}


def _removal(world: Any) -> dict[str, Any]:
    return {"target": "removed_by_automation", "reason": "Not a trial", "tool": "Classifier 2"}


def _return(world: Any) -> dict[str, Any]:
    why = "It is another trial"
    return {"stage": "title_abstract", "reason": why, "stood": "sought", "nonce": "routes back"}


ROUTES = [
    Route("screening:queue", ANN, _stage),
    Route("screening:vote", ANN, _at("awaiting")),
    Route("screening:vote", ANN, _at("awaiting"), method="post", data=_vote),
    Route("screening:skip", ANN, _at("awaiting"), method="post"),
    Route("screening:mine", ANN, _stage),
    Route("screening:undo", ANN, _at("own_vote"), method="post"),
    Route("screening:conflicts", MEMBERS, _stage),
    Route("screening:conflict", MEMBERS, _at("in_conflict")),
    Route("screening:conflict", ADJUDICATOR, _at("in_conflict"), method="post", data=_ruling),
    Route("screening:agree", ANN, _at("in_conflict"), method="post", data=_ruling),
    Route("screening:agreement", MEMBERS, _stage),
    Route("screening:agreement_table", MEMBERS, _stage),
    Route("screening:progress", ANN | LEAD, _stage),
    Route("screening:highlights", EVERYBODY, _stage),
    Route("screening:highlights", MEMBERS, _stage, method="post", data=_words),
    Route("screening:rules", LEAD, _stage),
    Route("screening:rules", LEAD, _stage, method="post", data=_rules),
    Route("screening:rule_change", LEAD, _at("change")),
    Route("screening:rule_undo", LEAD, _at("change"), method="post"),
    Route("screening:rule_resume", LEAD, _at("change"), method="post"),
    Route("screening:state", LEAD, _stage),
    Route(
        "screening:state",
        LEAD,
        _stage,
        method="post",
        data=lambda world: {"act": "lock", "reason": "Until Monday"},
    ),
    Route("screening:full_text", EVERYBODY),
    Route("screening:retrieval", EVERYBODY, _on("sought")),
    Route("screening:attempt", WORKERS, _on("sought"), method="post", data=_attempt),
    Route("screening:give_up", WORKERS, _on("sought"), method="post"),
    Route("screening:seek_again", WORKERS, _on("sought"), method="post"),
    Route(
        "screening:hold",
        WORKERS,
        lambda world: {"pk": world.sought.pk, "form": "paper"},
        method="post",
    ),
    Route("screening:removals", LEAD),
    Route("screening:removal_new", LEAD),
    Route("screening:removal_new", LEAD, method="post", data=lambda world: {"pasted": "1001"}),
    Route("screening:removal", LEAD, _on("selection")),
    Route("screening:removal", LEAD, _on("selection"), method="post", data=_removal),
    Route("screening:removal_undo", LEAD, _on("removal"), method="post"),
    Route("screening:removal_cancel", LEAD, _on("removal"), method="post"),
    Route("screening:removal_resume", LEAD, _on("removal"), method="post"),
    Route("screening:restore", LEAD, _on("removed"), method="post"),
    Route("screening:return", LEAD, _on("sought")),
    Route("screening:return", LEAD, _on("sought"), method="post", data=_return),
    Route("screening:decisions", MEMBERS, _on("in_conflict")),
    Route("screening:duplicates", EVERYBODY),
    Route("screening:merge_split", ANSWERERS, _on("merge"), method="post"),
    Route("screening:pairs", ANSWERERS),
    Route("screening:pairs_accept", ANSWERERS),
    Route(
        "screening:pairs_accept",
        ANSWERERS,
        method="post",
        data=lambda world: {"pair": [world.pair.pk]},
    ),
    Route("screening:pair_again", ANSWERERS, _on("pair"), method="post"),
    Route("screening:pair_undo", ANSWERERS, _on("pair"), method="post"),
    Route(
        "screening:pair", ANSWERERS, _on("pair"), method="post", data=lambda w: {"answer": "same"}
    ),
    Route("screening:merge", ANSWERERS, _on("awaiting")),
    Route(
        "screening:merge",
        ANSWERERS,
        _on("awaiting"),
        method="post",
        data=lambda world: {"other": world.voted.pk, "why": "Same trial"},
    ),
]
