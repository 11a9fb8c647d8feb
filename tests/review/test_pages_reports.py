"""Lists: each has as many rows as its number in the diagram says, page by page."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from review.models import Position, Report, Review, Search, SearchRun, User
from review.prisma import table
from review.prisma.tally import NO_REASON
from review.querysets.boxes import BOXES, listing
from review.services.flow import move
from review.services.matching import join_reports
from review.services.records import identify
from review.services.studies import link_reports
from review.site.flow import counts_of
from review.views.reports import study_lines
from tests import factories
from tests.people import Team, team

KINDS = ["database", "register", "website", "organisation", "citation", "other"]


@pytest.fixture
def t(db: None) -> Team:
    return team()


def page(client: Client, user: User, review: Review, **query: object) -> Any:
    client.force_login(user)
    return client.get(reverse("review:reports", args=[review.slug]), query)


def without_token(answer: Any) -> str:
    """The page without what is random in it: the form token."""
    return re.sub(r'"X-CSRFToken": "\w+"|value="\w{64}"', "", answer.content.decode())


def titles(answer: Any) -> list[str]:
    found = re.findall(r'<td class="title">\s*<a [^>]*>(.*?)</a>', answer.content.decode(), re.S)
    return [" ".join(title.split()) for title in found]


# Numbers ------------------------------------------------------------------------------------


def add(search: Search, n: int) -> list[Report]:
    """``n`` reports without text, past matching."""
    run, _ = SearchRun.objects.get_or_create(search=search, number=1, defaults={"strategy": ""})
    keys = [f"{search.pk}-{search.records.count() + i}" for i in range(n)]
    identify(run=run, identifiers=keys)
    return [search.records.get(identifier=key).report for key in keys]


def length(review: Review, key: Any) -> int:
    data, label = key if isinstance(key, tuple) else (key, "")
    found = listing(review, data, label)
    assert found is not None, f"no list for {data}"
    return len(study_lines(found.rows)) if found.unit == "study" else found.rows.count()


def assert_numbers_are_lists(review: Review) -> None:
    counts = counts_of(review)
    for row in table(counts):
        assert length(review, row.key) == row.n, row
    for prefix, arm in (("dbr", counts.left), ("other", counts.right)):
        pending = arm.pending
        screening = pending["screening"] + pending["screening_conflicts"]
        judging = pending["full_text"] + pending["full_text_conflicts"]
        assert length(review, f"{prefix}_ta_pending") == screening
        assert length(review, f"{prefix}_retrieval_pending") == pending["retrieval"]
        assert length(review, f"{prefix}_ft_pending") == judging
        assert length(review, f"{prefix}_included") == arm.included
    assert length(review, "other_records_excluded") == counts.other_records_excluded


def test_every_number_of_a_furnished_review_is_the_length_of_its_list(t: Team) -> None:
    reasons = list(t.review.reasons.order_by("pk"))
    for kind in KINDS:
        search = factories.search(t.review, kind=kind, source=f"A {kind}")
        for report, where in zip(add(search, len(Position)), Position, strict=True):
            reason = reasons[0] if where == Position.EXCLUDED_FULL_TEXT else None
            move(report=report, target=where, cause="test", actor=None, reason=reason)
    included = list(Report.objects.included())
    link_reports(
        review=t.review, reports=[r.pk for r in included[:3]], actor=t.ann, label="FINAL 2024"
    )
    counts = counts_of(t.review)
    assert (counts.database_results, counts.records_screened) == (12, 18)
    assert (counts.new_reports, counts.new_studies) == (6, 4)
    assert_numbers_are_lists(t.review)


def test_duplicates_are_listed_as_the_records_that_do_not_count(t: Team) -> None:
    pubmed, embase = (factories.search(t.review, source=name) for name in ("PubMed", "Embase"))
    lists = factories.search(t.review, kind="citation", source="Reference lists")
    (first,), (second,), (third,) = add(pubmed, 1), add(embase, 1), add(lists, 1)
    for absorbed in (second, third):
        join_reports(
            survivor=first, absorbed=absorbed, rule="x", why="x", similarities={}, actor=None
        )
    found = listing(t.review, "duplicates")
    assert found is not None
    assert [record.search.source for record in found.rows] == ["Embase"]
    assert length(t.review, "citations_results") == 0
    assert_numbers_are_lists(t.review)


class AnyReview(TestCase):
    """Whatever sources, positions, reasons, merges and studies."""

    @settings(max_examples=40)
    @given(st.data())
    def test_every_number_is_the_length_of_its_list(self, data: st.DataObject) -> None:
        t = team("any")
        sources = data.draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=5))
        reports: list[Report] = []
        for index, kind in enumerate(sources):
            name = data.draw(st.sampled_from(["One", "Two"]))
            search = factories.search(t.review, kind=kind, source=f"{name} {kind}")
            reports += add(search, data.draw(st.integers(0, 4)) if index else 3)
        reasons: list[Any] = [None, *t.review.reasons.all()]
        for report in reports:
            where = data.draw(st.sampled_from(Position.values))
            reason = data.draw(st.sampled_from(reasons)) if where == "excluded_full_text" else None
            move(report=report, target=where, cause="test", actor=None, reason=reason)
        pairs = st.tuples(st.sampled_from(reports), st.sampled_from(reports))
        for one, other in data.draw(st.lists(pairs, max_size=4)):
            one.refresh_from_db()
            other.refresh_from_db()
            if one != other and one.position and other.position:
                join_reports(
                    survivor=one, absorbed=other, rule="x", why="x", similarities={}, actor=None
                )
        linkable = [r.pk for r in Report.objects.from_sought_on()]
        if linkable:
            chosen = data.draw(st.lists(st.sampled_from(linkable), min_size=1, max_size=3))
            link_reports(review=t.review, reports=chosen, actor=t.ann, label="One study")
        assert_numbers_are_lists(t.review)


def test_every_box_is_known_by_its_data_name_and_nothing_else(t: Team) -> None:
    assert listing(t.review, "no_such_box") is None
    assert {"database_results", "duplicates", "dbr_excluded", "new_studies"} <= set(BOXES)


# Pages --------------------------------------------------------------------------------------


def test_heading_says_how_many_rows_follow(t: Team, client: Client) -> None:
    search = factories.search(t.review)
    for report in factories.reports(search, 3)[:2]:
        move(report=report, target="excluded", cause="vote 1", actor=None)
    answer = page(client, t.observer, t.review, box="records_excluded")
    text = answer.content.decode()
    assert "Records excluded on title and abstract" in text
    assert '<span class="number">2</span>' in text
    assert titles(answer) == [
        "Low-dose naltrexone, trial number 1001",
        "Low-dose naltrexone, trial number 1002",
    ]


def test_label_narrows_to_one_reason_or_to_none(t: Team, client: Client) -> None:
    one, two = factories.reports(factories.search(t.review), 2)
    reason = t.review.reasons.get(label="Wrong population")
    move(report=one, target="excluded_full_text", cause="vote 1", actor=None, reason=reason)
    move(report=two, target="excluded_full_text", cause="vote 2", actor=None)
    wrong = page(client, t.lead, t.review, box="dbr_excluded", label="Wrong population")
    assert titles(wrong) == ["Low-dose naltrexone, trial number 1001"]
    unsaid = page(client, t.lead, t.review, box="dbr_excluded", label=NO_REASON)
    assert titles(unsaid) == ["Low-dose naltrexone, trial number 1002"]


def test_records_box_lists_records_with_source_and_identifier(t: Team, client: Client) -> None:
    factories.reports(factories.search(t.review), 1)
    text = page(client, t.ann, t.review, box="database_results").content.decode()
    assert "PubMed 1001" in text
    assert "Low-dose naltrexone, trial number 1001" in text


def test_studies_box_lists_studies_with_their_reports(t: Team, client: Client) -> None:
    one, two, alone = factories.reports(factories.search(t.review), 3)
    for report in (one, two, alone):
        move(report=report, target="included", cause="vote 1", actor=None)
    link_reports(review=t.review, reports=[one.pk, two.pk], actor=t.ann, label="FINAL 2024")
    text = page(client, t.ann, t.review, box="new_studies").content.decode()
    assert re.search(r'<span class="number">2</span>\s*studies', text)
    assert "FINAL 2024" in text
    assert "Writer1003 2020" in text


def test_filters_name_the_positions_that_occur_with_their_numbers(t: Team, client: Client) -> None:
    one, *_ = factories.reports(factories.search(t.review), 3)
    move(report=one, target="excluded", cause="vote 1", actor=None)
    answer = page(client, t.ann, t.review)
    said = [(each.label, each.n, each.on) for each in answer.context["filters"]]
    assert said == [("All", 3, True), ("To screen", 2, False), (Position.EXCLUDED.label, 1, False)]


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ({"position": "screening"}, ["1002", "1003"]),
        ({"position": "excluded"}, ["1001"]),
        ({"position": "nonsense"}, ["1001", "1002", "1003", "No"]),
        ({"text": "without"}, ["No"]),
    ],
)
def test_filter_narrows_the_list(
    t: Team, client: Client, query: dict[str, str], shown: list[str]
) -> None:
    search = factories.search(t.review)
    one, *_ = factories.reports(search, 3)
    move(report=one, target="excluded", cause="vote 1", actor=None)
    (bare,) = add(search, 1)
    move(report=bare, target="sought", cause="vote 1", actor=None)
    answer = page(client, t.ann, t.review, **query)
    words = [title.rsplit(" ", 1)[-1] if "number" in title else "No" for title in titles(answer)]
    assert words == shown


@pytest.mark.parametrize(
    "query", [{"box": "no_such_box"}, {"search": "404"}], ids=["box", "search"]
)
def test_list_that_does_not_exist_is_not_found(
    t: Team, client: Client, query: dict[str, str]
) -> None:
    assert page(client, t.ann, t.review, **query).status_code == 404


def test_search_of_another_review_is_not_found(t: Team, client: Client) -> None:
    elsewhere = factories.search(team("elsewhere", shared=t).review)
    assert page(client, t.ann, t.review, search=elsewhere.pk).status_code == 404


def test_stranger_gets_the_answer_of_a_review_that_does_not_exist(t: Team, client: Client) -> None:
    there = page(client, t.stranger, t.review)
    missing = page(client, t.stranger, Review(slug="nowhere"))
    assert (there.status_code, missing.status_code) == (404, 404)
    assert without_token(there) == without_token(missing)


def test_empty_list_says_what_to_do_next(t: Team, client: Client) -> None:
    text = page(client, t.ann, t.review, box="duplicates").content.decode()
    assert "Nothing here yet" in text
    assert reverse("review:searches", args=["ldn"]) in text


def test_pages_follow_each_other_without_gap_or_repetition(t: Team, client: Client) -> None:
    factories.reports(factories.search(t.review), 120)
    seen: list[str] = []
    answer = page(client, t.ann, t.review, position="screening")
    while True:
        seen += titles(answer)
        if not answer.context["next_url"]:
            break
        query = QueryDict(answer.context["next_url"][1:]).dict()
        assert query["position"] == "screening"
        answer = page(client, t.ann, t.review, **query)
    assert [title.rsplit(" ", 1)[-1] for title in seen] == [str(1001 + i) for i in range(120)]
    back = QueryDict(answer.context["previous_url"][1:]).dict()
    before = titles(page(client, t.ann, t.review, **back))
    assert before == seen[50:100]


@pytest.mark.parametrize("key", ["x", "-1", "9" * 30, "1;DROP"])
def test_nonsense_in_the_address_shows_the_first_page(t: Team, client: Client, key: str) -> None:
    factories.reports(factories.search(t.review), 2)
    assert len(titles(page(client, t.ann, t.review, after=key))) == 2


def test_long_list_costs_as_many_queries_as_a_short_one(
    t: Team, client: Client, django_assert_max_num_queries: Any
) -> None:
    factories.reports(factories.search(t.review), 60)
    page(client, t.ann, t.review)
    for query in ({}, {"box": "database_results"}, {"box": "new_studies"}):
        with django_assert_max_num_queries(9):
            client.get(reverse("review:reports", args=["ldn"]), query)


def test_title_from_outside_is_shown_and_never_obeyed(t: Team, client: Client) -> None:
    search = factories.search(t.review)
    title = "<script>alert(1)</script> <i>in vitro</i> P &lt; 0.05"
    factories.store_snapshot(
        search=search, citations=[factories.citation("1", title)], run=factories._hand_run(search)
    )
    text = page(client, t.ann, t.review).content.decode()
    assert "<script>alert" not in text
    assert "<i>in vitro</i> P &lt; 0.05" in text
