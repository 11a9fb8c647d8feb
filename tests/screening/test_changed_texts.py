"""A text that changed after it was decided on: the decision stays, its voter is told."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from review.citation import Notice, Section
from review.models import Report, Search
from review.services.records import Text, store_texts
from screening.models import Decision
from tests import factories
from tests.people import Team, team
from tests.screening.pages import paper, signed_in, url

pytestmark = pytest.mark.django_db

CHANGED = {"abstract": (Section("", "Forty people took part."),)}
RETRACTED = {"notices": (Notice("RetractionIn", "999", "Pain. 2026;1:1"),)}
INDEXED = {"mesh": ("Naltrexone",), "keywords": ("pain",)}


@pytest.fixture
def t() -> Team:
    return team()


@pytest.fixture
def report(t: Team) -> Report:
    (found,) = factories.reports(factories.search(t.review), 1)
    return found


def revise(report: Report, **values: Any) -> None:
    """Store a newer text, as a run would."""
    record = report.records.get()
    search: Search = record.search
    newer = factories.citation(record.identifier, **values)
    store_texts(search=search, texts=[Text(newer)], run=None)


def waiting(t: Team, who: str = "ann") -> int:
    found = Decision.objects.to_read_again(getattr(t, who), factories.stage(t.review))
    return found.count()


def page(t: Team, name: str, *args: object, query: str = "", who: str = "ann") -> str:
    where = reverse(name, args=[t.review.slug, *args])
    return " ".join(signed_in(getattr(t, who)).get(where + query).content.decode().split())


@pytest.mark.parametrize(
    ("values", "told"),
    [(CHANGED, True), (RETRACTED, True), ({"title": "Another title"}, True), (INDEXED, False)],
    ids=["abstract", "retraction", "title", "index terms"],
)
def test_voters_are_told_of_what_they_decided_by_and_not_of_index_terms(
    t: Team, report: Report, values: dict[str, Any], told: bool
) -> None:
    factories.vote(t.ann, report, "include")
    revise(report, **values)
    mine = page(t, "screening:mine", "title_abstract")
    assert ("changed since you decided</span>" in mine) is told
    assert ("report changed since you decided" in page(t, "site:home")) is told
    again = page(t, "screening:vote", "title_abstract", report.pk)
    assert ("The text has changed since you decided" in again) is told


def test_deciding_again_ends_it_also_with_the_same_decision(t: Team, report: Report) -> None:
    first = factories.vote(t.ann, report, "include")
    revise(report, **CHANGED)
    assert waiting(t) == 1
    ann = signed_in(t.ann)
    where, sent = paper(ann, url("vote", t.review, "title_abstract", report.pk), "include")
    assert ann.post(where, sent).status_code < 400
    assert waiting(t) == 0
    second = Decision.objects.get(supersedes=first)
    assert (first.revision.number, second.revision.number) == (1, 2)


def test_a_vote_on_the_text_that_the_page_showed_keeps_that_text(t: Team, report: Report) -> None:
    """A run stored a newer text while the report was open."""
    ann = signed_in(t.ann)
    where, sent = paper(ann, url("vote", t.review, "title_abstract", report.pk), "include")
    revise(report, **CHANGED)
    ann.post(where, sent)
    assert Decision.objects.get().revision.number == 1
    assert waiting(t) == 1


def test_nobody_is_told_of_a_colleagues_decision(t: Team, report: Report) -> None:
    factories.vote(t.ann, report, "include")
    revise(report, **CHANGED)
    assert (waiting(t, "ann"), waiting(t, "bo")) == (1, 0)


def test_what_was_settled_or_moved_on_is_not_asked_again(t: Team, report: Report) -> None:
    """Its vote could not be changed any more; a retraction of it raises an alert instead."""
    factories.include_on_abstract(report, t.ann, t.bo)
    factories.hold(report, t.lead)
    revise(report, **CHANGED)
    assert waiting(t) == 0


def test_the_list_of_changed_ones_holds_only_these(t: Team) -> None:
    one, other = factories.reports(factories.search(t.review), 2)
    for report in (one, other):
        factories.vote(t.ann, report, "include")
    revise(one, title="Changed at last")
    text = page(t, "screening:mine", "title_abstract", query="?changed=1")
    assert "Changed at last" in text
    assert "trial number 1002" not in text
