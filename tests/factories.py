"""Rows for tests, made through the services that the product uses."""

from __future__ import annotations

import secrets
from datetime import date

from review.citation import Author, Citation, Section
from review.models import Report, Review, Search, Stage, User
from review.services.retrieval import hold_full_text
from review.services.searches import _hand_run, store_snapshot
from screening.models import Decision
from screening.services.seats import next_seat
from screening.services.votes import Ballot, cast_vote


def search(review: Review, *, kind: str = "database", source: str = "PubMed") -> Search:
    """A search; the default is a PubMed search."""
    return Search.objects.create(
        review=review,
        source=source,
        kind=kind,
        is_pubmed=source == "PubMed",
        strategy="naltrexone[tiab] AND low[tiab]",
    )


def citation(identifier: str, title: str = "", **values: object) -> Citation:
    """A citation with an abstract; values override its fields."""
    defaults: dict[str, object] = {
        "title": title or f"Low-dose naltrexone, trial number {identifier}",
        "abstract": (
            Section("Background", "Pain lasts."),
            Section("Results", f"Trial {identifier} was small (P &lt; 0.05)."),
        ),
        "authors": (Author(f"Writer{identifier}", "Ada", "A"),),
        "journal": "Pain",
        "year": 2020,
        "pmid": identifier if identifier.isdigit() else "",
    }
    return Citation(identifier=identifier, **(defaults | values))  # type: ignore[arg-type]


def reports(found: Search, n: int, first: int = 1001) -> list[Report]:
    """``n`` reports with texts, identified by this search as PMID first, first + 1, …"""
    citations = [citation(str(first + offset)) for offset in range(n)]
    store_snapshot(search=found, citations=citations, run=_hand_run(found))
    keys = [each.identifier for each in citations]
    by_key = {r.identifier: r.report for r in found.records.select_related("report__face")}
    return [by_key[key] for key in keys]


def stage(review: Review, name: str = "title_abstract") -> Stage:
    """A stage of the review."""
    return review.stages.get(name=name)


def vote(
    voter: User, report: Report, choice: str, *, at: str = "title_abstract", reason: str = ""
) -> Decision:
    """Cast a first vote on a report as the page would."""
    reasons = report.review.reasons
    return cast_vote(
        voter=voter,
        stage=stage(report.review, at),
        ballot=Ballot(
            report=report.pk,
            choice=choice,
            nonce=secrets.token_hex(8),
            reason=reasons.get(label=reason).pk if reason else None,
            revision=report.face_id,
        ),
    )


def include_on_abstract(report: Report, *voters: User) -> Report:
    """Let these people include a report at title and abstract."""
    for voter in voters:
        vote(voter, report, "include")
    report.refresh_from_db()
    return report


def hold(report: Report, actor: User) -> Report:
    """Record that the full text is held on paper."""
    hold_full_text(report=report, form="paper", actor=actor, note="Library copy")
    report.refresh_from_db()
    return report


def next_report(voter: User, review: Review, at: str = "title_abstract") -> Report | None:
    """What the queue gives this person now."""
    seat = next_seat(reviewer=voter, stage=stage(review, at))
    return seat.report if seat else None


TRIED_ON = date(2024, 3, 14)
