"""What must be true after every step, said of the database and of the book."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from review.models import FullText, Position, Report, Retrieval
from review.models.flow import FROM_SOUGHT_ON
from review.site.audit import differences
from review.site.flow import counts_of
from screening.models import Decision, Standing
from tests.site.any_order.play import ABSTRACT, FULL_TEXT, Play

REMOVED = (Position.REMOVED_OTHER, Position.REMOVED_BY_AUTOMATION)
JUDGED = {"include": Position.INCLUDED, "exclude": Position.EXCLUDED_FULL_TEXT}


def check(play: Play) -> None:
    """Everything, the product's own audit first."""
    assert list(differences(play.review)) == []
    _nothing_vanished(play)
    reports = list(Report.objects.live().filter(review=play.review).order_by("pk"))
    assert {r.pk for r in reports} == {play.book.root(key) for key in play.reports}
    standings = {
        (row.stage.name, row.report_id): row
        for row in Standing.objects.filter(review=play.review).select_related("stage")
    }
    texts = _Texts.of(play)
    for report in reports:
        _as_voted(play, report, standings)
        _where_it_belongs(play, report, texts)
    _adds_up(play, reports)


@dataclass(frozen=True, slots=True)
class _Texts:
    """Copies whose full text is held, was voted on, and was tried to get."""

    held: set[int]
    read: set[int]
    tried: set[int]

    @classmethod
    def of(cls, play: Play) -> _Texts:
        held = FullText.objects.filter(report__in=play.reports)
        read = Decision.objects.filter(review=play.review, stage__name=FULL_TEXT).order_by()
        read = read.exclude(kind="opinion")
        tried = Retrieval.objects.filter(report__in=play.reports)
        rows = (held.order_by(), read, tried.order_by())
        return cls(*(set(each.values_list("report", flat=True)) for each in rows))


def _nothing_vanished(play: Play) -> None:
    """Every row of the ledger is as it was; a new one is of the person who acts."""
    rows = Decision.objects.filter(review=play.review).values_list(
        "pk", "actor", "report", "stage", "kind", "choice", "reason", "supersedes"
    )
    found = {row[0]: tuple(row[1:]) for row in rows}
    for key, row in play.book.ledger.items():
        assert found.get(key) == row, f"decision {key} vanished or was changed"
    for key in found.keys() - play.book.ledger.keys():
        assert found[key][0] == play.acting, f"decision {key} was made for somebody else"
    play.book.ledger = found
    for said in play.book.votes.values():
        assert found[said.key][:2] + found[said.key][4:6] == (
            *(said.person, said.copy, said.choice, said.reason),
        ), "a vote that was acknowledged is not in the ledger"


def _as_voted(play: Play, report: Report, standings: dict[Any, Standing]) -> None:
    """What the pages show is what the votes that stand amount to, each person counted once."""
    for at in (ABSTRACT, FULL_TEXT):
        outcome, row = play.book.outcome(at, report.pk), standings.get((at, report.pk))
        voters = play.book.voters(at, report.pk)
        if row is None:
            assert not voters, f"{report}: votes at {at} without a standing"
            assert outcome in (None, ("pending", "")), f"{report}: {outcome} without a standing"
            continue
        assert row.votes == len(voters), f"{report}: {row.votes} voters at {at}, not {len(voters)}"
        if outcome is not None:
            assert (row.status, row.choice) == outcome, f"{report} at {at}: {row.status}, {outcome}"


def _where_it_belongs(play: Play, report: Report, texts: _Texts) -> None:
    at, family = report.position, play.book.family(report.pk)
    if at in REMOVED:
        assert family & play.book.out.keys(), f"{report} was removed by nobody"
        return
    on_abstract = play.book.outcome(ABSTRACT, report.pk)
    if on_abstract is not None:
        past, out = on_abstract == ("final", "include"), on_abstract == ("final", "exclude")
        assert (at in FROM_SOUGHT_ON) == past, f"{report} stands at {at}: {on_abstract}"
        assert (at == Position.EXCLUDED) == out, f"{report} stands at {at}: {on_abstract}"
    if at not in FROM_SOUGHT_ON:
        return
    held, read = family & texts.held, family & texts.read
    if at in (Position.SOUGHT, Position.NOT_RETRIEVED):
        assert not held, f"{report} is sought though its full text is held"
    else:
        assert held or read, f"{report} stands at {at} without a full text"
    if at == Position.NOT_RETRIEVED:
        assert family & texts.tried, f"{report}: no attempt"
    on_text = play.book.outcome(FULL_TEXT, report.pk)
    if on_text is not None and at in (Position.ASSESSING, *JUDGED.values()):
        judged = JUDGED[on_text[1]] if on_text[1] else Position.ASSESSING
        assert at == judged, f"{report} stands at {at}: {on_text}"


def _adds_up(play: Play, reports: list[Report]) -> None:
    """Every record is in one box of the diagram, and in no other."""
    counts = counts_of(play.review)
    arm = counts.left
    leaves = {
        "screening": arm.screening_pending + arm.screening_conflicts,
        "removed_by_automation": counts.excluded_automatic,
        "removed_other": counts.excluded_other,
        "excluded": counts.records_excluded,
        "sought": arm.retrieval_pending,
        "not_retrieved": arm.not_retrieved,
        "assessing": arm.full_text_pending + arm.full_text_conflicts,
        "excluded_full_text": sum(arm.excluded.values()),
        "included": arm.included,
    }
    for position, n in leaves.items():
        assert n == sum(r.position == position for r in reports), f"{position}: the box says {n}"
    assert counts.database_results == len(play.reports)
    assert counts.database_results == counts.duplicates + sum(leaves.values())
    assert counts.new_reports == leaves["included"]
    disputed = {
        at: sum(
            play.book.outcome(at, r.pk) == ("conflict", "") for r in reports if r.position == here
        )
        for at, here in ((ABSTRACT, "screening"), (FULL_TEXT, "assessing"))
    }
    assert arm.screening_conflicts >= disputed[ABSTRACT]
    assert arm.full_text_conflicts >= disputed[FULL_TEXT]
