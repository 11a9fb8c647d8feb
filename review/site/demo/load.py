"""Loading the demo review through the services that people's clicks call."""

from __future__ import annotations

import secrets
import tomllib
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils import timezone

from review.models import Report, Review, Search, SearchRun, StageName, User
from review.services.people import add_member, create_account
from review.services.protocol import create_review, set_criteria, set_question
from review.services.retrieval import give_up, hold_full_text, record_attempt
from review.services.searches import save_search, store_snapshot
from review.services.studies import link_reports
from review.site.demo.extract import start_extraction
from review.site.demo.publications import FOLDER, Publication, publications
from screening.models import Standing
from screening.services.settle import Ruling, settle
from screening.services.votes import Ballot, cast_vote

SLUG = "ldn"
LABEL = "Demo example, not a judgement."

PEOPLE = {
    "lead@example.org": ("Lena Lead", ("lead",)),
    "ann@example.org": ("Ann Reviewer", ("reviewer",)),
    "bo@example.org": ("Bo Reviewer", ("reviewer",)),
    "adjudicator@example.org": ("Ada Adjudicator", ("adjudicator",)),
}

SOURCES = {
    "pubmed": ("PubMed", "database"),
    "register": ("Trial registers", "register"),
    "citation": ("Reference lists and citing articles", "citation"),
}


@transaction.atomic
def load_demo(password: str) -> Review:
    """Make the demo's people, review, records, votes, full texts and studies."""
    people = {email.split("@")[0]: _person(email, password) for email in PEOPLE}
    review = _review(people["lead"])
    demo = Demo(review, people, _records(review, people["lead"]))
    plan = _toml("plan.toml")
    demo.screen(plan["title_abstract"])
    demo.retrieve(plan)
    demo.judge(plan["full_text"])
    for label, members in plan["studies"].items():
        reports = [demo.reports[name].pk for name in members]
        link_reports(review=review, reports=reports, actor=people["lead"], label=label)
    start_extraction(review, plan["started"], demo.reports, people["lead"], people["ann"])
    return review


def _person(email: str, password: str) -> User:
    name, roles = PEOPLE[email]
    return create_account(email=email, name=name, password=password, is_site_admin="lead" in roles)


def _review(lead: User) -> Review:
    protocol = _toml("protocol.toml")
    review = create_review(slug=SLUG, title=protocol["title"], actor=lead, lead=lead, is_demo=True)
    question = {
        name: protocol[name]
        for name in ("population", "intervention", "comparator", "outcomes", "designs")
    }
    set_question(review=review, actor=lead, **question)
    criteria = [(each["text"], each["reason"]) for each in protocol["criteria"]]
    set_criteria(review=review, criteria=criteria, actor=lead)
    for email, (_, roles) in PEOPLE.items():
        if "lead" not in roles:
            add_member(review=review, email=email, roles=roles, actor=lead)
    return review


def _records(review: Review, lead: User) -> dict[str, Report]:
    """Take the snapshot in, source by source; give the reports by the publications' names."""
    found = [*publications(), *_found_again()]
    strategy = _toml("protocol.toml")["strategy"]
    for key, (name, kind) in SOURCES.items():
        search = save_search(
            review=review,
            actor=lead,
            source=name,
            kind=kind,
            is_pubmed=key == "pubmed",
            strategy=strategy if key == "pubmed" else "",
        )
        _snapshot(search, [one for one in found if one.source == key])
    rows = Report.objects.filter(review=review).prefetch_related("records")
    return {record.identifier: row for row in rows for record in row.records.all()}


def _found_again() -> list[Publication]:
    """Publications that citation searching found too: duplicates, merged by the matching rules."""
    names = _toml("plan.toml")["found_again"]
    again = (one for one in publications() if one.citation.identifier in names)
    return [
        replace(one, source="citation", citation=replace(one.citation, identifier=one.citation.doi))
        for one in again
    ]


def _snapshot(search: Search, found: list[Publication]) -> None:
    citations = [one.citation for one in found]
    run = SearchRun.objects.create(
        search=search,
        number=0,
        strategy=search.strategy,
        identifiers=[citation.identifier for citation in citations],
        started_at=timezone.now(),
        finished_at=timezone.now(),
    )
    store_snapshot(search=search, citations=citations, run=run)


def _toml(name: str) -> dict[str, Any]:
    with (FOLDER / name).open("rb") as file:
        return tomllib.load(file)


class Demo:
    """The demo team at work."""

    def __init__(self, review: Review, people: dict[str, User], found: dict[str, Report]) -> None:
        self.review = review
        self.people = people
        self.reports = _Named(found)

    def screen(self, plan: dict[str, list[str]]) -> None:
        """Title and abstract: agreement, conflicts, one settlement, some left open."""
        for name in plan["include"]:
            self.vote("ann", name, "include")
            self.vote("bo", name, "include")
        for name in plan["exclude"]:
            self.vote("ann", name, "exclude")
            self.vote("bo", name, "exclude")
        for name in (*plan["conflict"], *plan["settled_exclude"]):
            self.vote("ann", name, "include")
            self.vote("bo", name, "exclude")
        for name in plan["settled_exclude"]:
            self.settle(name, "exclude")
        for name in plan["one_vote"]:
            self.vote("ann", name, "include")

    def retrieve(self, plan: dict[str, Any]) -> None:
        """Full texts: most are held as a link or on paper, some were not to be had."""
        full_text = plan["full_text"]
        to_judge = (*full_text["include"], *full_text["conflict"], *full_text["exclude"])
        for name in (*to_judge, *full_text["held"]):
            self.hold(self.reports[name])
        for name in full_text["not_retrieved"]:
            self.try_in_vain(self.reports[name])

    def judge(self, plan: dict[str, Any]) -> None:
        """Full texts judged by both, one in conflict."""
        for name in plan["include"]:
            self.vote("ann", name, "include", StageName.FULL_TEXT)
            self.vote("bo", name, "include", StageName.FULL_TEXT)
        for name, reason in plan["exclude"].items():
            self.vote("ann", name, "exclude", StageName.FULL_TEXT, reason)
            self.vote("bo", name, "exclude", StageName.FULL_TEXT, reason)
        for name in plan["conflict"]:
            self.vote("ann", name, "include", StageName.FULL_TEXT)
            self.vote("bo", name, "exclude", StageName.FULL_TEXT, "Wrong study design")

    def vote(
        self,
        who: str,
        name: str,
        choice: str,
        at: str = StageName.TITLE_ABSTRACT,
        reason: str = "",
    ) -> None:
        """One labelled vote."""
        report = self.reports[name]
        version = self.review.criteria_versions.get()
        ballot = Ballot(
            report=report.pk,
            choice=choice,
            nonce=secrets.token_hex(8),
            reason=self.review.reasons.get(label=reason).pk if reason else None,
            revision=report.face_id,
            criteria=version.pk,
        )
        stage = self.review.stages.get(name=at)
        cast_vote(voter=self.people[who], stage=stage, ballot=ballot, is_demo=True)

    def settle(self, name: str, choice: str) -> None:
        """The adjudicator's labelled settlement."""
        report, stage = self.reports[name], self.review.stages.get(name=StageName.TITLE_ABSTRACT)
        standing = Standing.objects.get(report=report, stage=stage)
        ruling = Ruling(choice, LABEL, standing.last_id or 0, secrets.token_hex(8))
        settle(
            adjudicator=self.people["adjudicator"],
            report=report,
            stage=stage,
            ruling=ruling,
            is_demo=True,
        )

    def hold(self, report: Report) -> None:
        """Record the full text as a link where a DOI is known, else on paper."""
        citation = report.face.citation if report.face else None
        url = f"https://doi.org/{citation.doi}" if citation and citation.doi else ""
        hold_full_text(
            report=report,
            form="link" if url else "paper",
            url=url,
            note="" if url else LABEL,
            actor=self.people["bo"],
            is_demo=True,
        )

    def try_in_vain(self, report: Report) -> None:
        """Record one attempt and give up."""
        bo = self.people["bo"]
        today = timezone.localdate()
        record_attempt(
            report=report, tried_on=today, how=f"Asked the library. {LABEL}", actor=bo, is_demo=True
        )
        give_up(report=report, actor=bo)


class _Named(dict[str, Report]):
    """Reports by identifier, or by the first words of a title that serves as one."""

    def __missing__(self, name: str) -> Report:
        for identifier, report in self.items():
            if identifier.lower().startswith(name.lower()):
                return report
        raise KeyError(name)
