"""The page of one report, its texts, and the file of its full text."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from review.citation import Author, Citation, Notice, Section
from review.models import FullText, Merge, Report, Revision, Search, SearchRun, User
from review.services.duplicates import match_records
from review.services.flow import move
from review.services.matching import join_reports, part_reports
from review.services.records import Text, identify, mark_without_text, store_texts
from review.services.retrieval import hold_full_text
from review.services.studies import link_reports
from review.views.full_texts import safe_name
from tests import factories
from tests.people import Team, team
from tests.review.routes import one_page_pdf

YOUNGER = Citation(
    identifier="23359310",
    title="Low-dose naltrexone for <i>fibromyalgia</i> &lt; placebo",
    abstract=(Section("METHODS", "Thirty-one women took part."),),
    authors=(Author("Younger", "Jarred", "J"),),
    journal="Arthritis Rheum",
    year=2013,
    doi="10.1002/art.37734",
    pmid="23359310",
    pmcid="PMC3786176",
    mesh=("Fibromyalgia",),
    registrations=("NCT00568555", "CTRI/2013/06/003735"),
    notices=(
        Notice("RetractionIn", "999", "Arthritis Rheum. 2020;1:1"),
        Notice("CommentIn", "23640312", "Arthritis Rheum. 2013;65:1"),
    ),
)


@pytest.fixture
def t(db: None) -> Team:
    return team()


@pytest.fixture
def pubmed(t: Team) -> Search:
    return factories.search(t.review)


@pytest.fixture
def report(pubmed: Search) -> Report:
    run = SearchRun.objects.create(search=pubmed, number=1, strategy="")
    identify(run=run, identifiers=["23359310"])
    match_records(store_texts(search=pubmed, texts=[Text(YOUNGER)], run=run).first)
    return Report.objects.select_related("face").get()


def page(client: Client, user: User, name: str, pk: int) -> Any:
    client.force_login(user)
    return client.get(reverse(f"review:{name}", args=["ldn", pk]))


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def words(answer: Any) -> str:
    """The page's text without tags, every run of white space one blank."""
    bare = re.sub(r"<[^>]*>", " ", answer.content.decode())
    return " ".join(bare.split())


# What it is ---------------------------------------------------------------------------------


def test_citation_abstract_and_terms_are_shown(t: Team, client: Client, report: Report) -> None:
    shown = text(page(client, t.ann, "report", report.pk))
    for words in (
        "Low-dose naltrexone for <i>fibromyalgia</i> &lt; placebo",
        "Thirty-one women took part.",
        "Younger J",
        "Fibromyalgia",
        "To screen",
    ):
        assert words in shown


@pytest.mark.parametrize(
    "link",
    [
        "https://pubmed.ncbi.nlm.nih.gov/23359310/",
        "https://pmc.ncbi.nlm.nih.gov/articles/PMC3786176/",
        "https://doi.org/10.1002/art.37734",
        "https://clinicaltrials.gov/study/NCT00568555",
        "https://pubmed.ncbi.nlm.nih.gov/23640312/",
    ],
)
def test_identifiers_and_linked_publications_are_links(
    t: Team, client: Client, report: Report, link: str
) -> None:
    assert f'href="{link}"' in text(page(client, t.ann, "report", report.pk))


def test_registration_that_is_not_of_clinicaltrials_gov_is_text(
    t: Team, client: Client, report: Report
) -> None:
    shown = text(page(client, t.ann, "report", report.pk))
    assert "CTRI/2013/06/003735" in shown
    assert "study/CTRI" not in shown


def test_retraction_stands_out(t: Team, client: Client, report: Report) -> None:
    shown = text(page(client, t.ann, "report", report.pk))
    assert '<p class="notice error">Retracted: Arthritis Rheum. 2020;1:1</p>' in shown


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//evil.example.org"])
def test_address_that_is_not_on_the_web_is_no_link(
    t: Team, client: Client, pubmed: Search, report: Report, url: str
) -> None:
    store_texts(search=pubmed, texts=[Text(replace(YOUNGER, url=url))], run=None)
    assert url not in text(page(client, t.ann, "report", report.pk))


def test_text_from_outside_is_never_obeyed(
    t: Team, client: Client, pubmed: Search, report: Report
) -> None:
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    hostile = replace(
        YOUNGER,
        title=evil,
        abstract=(Section(evil, evil),),
        authors=(Author(evil, evil, evil),),
        journal=evil,
        doi='10.1/"><script>alert(1)</script>',
        mesh=(evil,),
        registrations=(evil, "NCT" + evil),
        notices=(Notice("RetractionIn", evil, evil),),
    )
    store_texts(search=pubmed, texts=[Text(hostile)], run=None)
    for name, pk in (
        ("report", report.pk),
        ("revision", Revision.objects.order_by("pk").last().pk),  # type: ignore[union-attr]
    ):
        shown = text(page(client, t.ann, name, pk))
        assert "<script>alert" not in shown
        assert "<img" not in shown


# Where it came from -------------------------------------------------------------------------


def test_every_record_is_named_with_source_identifier_and_run(
    t: Team, client: Client, report: Report
) -> None:
    lists = factories.search(t.review, kind="citation", source="Reference lists")
    factories.store_snapshot(search=lists, citations=[YOUNGER], run=factories._hand_run(lists))
    shown = words(page(client, t.ann, "report", report.pk))
    assert re.search(r"PubMed 23359310 \d+ \w+ \d{4}, run 1", shown)
    assert re.search(r"Reference lists 23359310 \d+ \w+ \d{4}, not fetched", shown)


def test_merge_is_told_with_its_reason_on_both_pages(
    t: Team, client: Client, report: Report
) -> None:
    lists = factories.search(t.review, kind="citation", source="Reference lists")
    factories.store_snapshot(search=lists, citations=[YOUNGER], run=factories._hand_run(lists))
    absorbed = Merge.objects.get().absorbed
    kept = words(page(client, t.ann, "report", report.pk))
    assert "By rule. " + Merge.objects.get().why in kept
    assert "PMID" in Merge.objects.get().why
    gone = text(page(client, t.ann, "report", absorbed.pk))
    assert f'Merged into <a href="/r/ldn/reports/{report.pk}/">another report</a>' in gone
    part_reports(merge=Merge.objects.get(), actor=t.bo)
    assert "split again" in words(page(client, t.ann, "report", report.pk))


def test_texts_are_listed_with_the_fields_that_changed(
    t: Team, client: Client, pubmed: Search, report: Report
) -> None:
    newer = replace(YOUNGER, title="Naltrexone, corrected", mesh=("Fibromyalgia", "Pain"))
    store_texts(search=pubmed, texts=[Text(newer)], run=None)
    shown = words(page(client, t.ann, "report", report.pk))
    assert "2 texts of PubMed 23359310" in shown
    assert "Text 2 , typed by hand: changed title, MeSH" in shown


def test_old_text_stays_readable_with_what_changed_since(
    t: Team, client: Client, pubmed: Search, report: Report
) -> None:
    newer = replace(YOUNGER, title="Naltrexone, corrected")
    store_texts(search=pubmed, texts=[Text(newer)], run=None)
    first, second = Revision.objects.order_by("number")
    old = words(page(client, t.ann, "revision", first.pk))
    assert "A newer one is there." in old
    assert "Changed since" not in old
    new = words(page(client, t.ann, "revision", second.pk))
    assert "Changed since text 1" in new
    assert "title Low-dose naltrexone for fibromyalgia &lt; placebo Naltrexone, corrected" in new


# Without text -------------------------------------------------------------------------------


def test_report_without_text_says_why_and_offers_to_complete_it(
    t: Team, client: Client, pubmed: Search
) -> None:
    run = SearchRun.objects.create(search=pubmed, number=1, strategy="")
    identify(run=run, identifiers=["17222320"])
    mark_without_text(search=pubmed, problems={"17222320": "PubMed sent no record for it."})
    record = pubmed.records.get()
    link = reverse("review:record_complete", args=["ldn", record.pk])
    for who, offered in ((t.ann, True), (t.lead, True), (t.observer, False)):
        answer = page(client, who, "report", record.report_id)
        assert "PubMed sent no record for it." in words(answer)
        assert (link in text(answer)) is offered


# What happened to it ------------------------------------------------------------------------


def test_no_page_of_an_undecided_report_differs_with_a_vote(
    t: Team, client: Client, pubmed: Search
) -> None:
    """Bo's vote is awaited: nothing may tell how Ann voted, whoever asks."""
    one, two = factories.reports(pubmed, 2, first=5001)
    factories.vote(t.ann, one, "include")
    factories.vote(t.ann, two, "exclude")
    for who in (t.bo, t.lead, t.adjudicator, t.observer, t.admin):
        answers = [page(client, who, "report", each.pk) for each in (one, two)]
        pages = [
            re.sub(r"500[12]|reports/\d+|records/\d+|texts/\d+|\w{64}|Report \d", "x", text(each))
            for each in answers
        ]
        assert pages[0] == pages[1]


def test_full_text_and_study_show_from_sought_on_only(
    t: Team, client: Client, report: Report
) -> None:
    (other,) = factories.reports(report.counted_by, 1, first=6001)  # type: ignore[arg-type]
    for each in (report, other):
        move(report=each, target="sought", cause="vote 1", actor=None)
    hold_full_text(report=report, form="link", actor=t.ann, url="https://example.org/paper")
    link_reports(review=t.review, reports=[report.pk, other.pk], actor=t.ann, label="Younger 2013")
    shown = words(page(client, t.ann, "report", report.pk))
    assert "https://example.org/paper" in shown
    assert "Study: Younger 2013" in shown
    assert "Low-dose naltrexone, trial number 6001" in shown
    report.refresh_from_db()
    move(report=report, target="screening", cause="withdrawal 2", actor=None)
    hidden = words(page(client, t.ann, "report", report.pk))
    assert "https://example.org/paper" not in hidden
    assert "Younger 2013" not in hidden


@pytest.mark.parametrize("is_demo", [True, False])
def test_history_of_a_demo_is_no_judgement(
    t: Team, client: Client, report: Report, is_demo: bool
) -> None:
    type(t.review).objects.update(is_demo=is_demo)
    for answer in (
        page(client, t.ann, "report", report.pk),
        client.get(reverse("review:reports", args=["ldn"])),
    ):
        assert ("not a judgement" in words(answer)) is is_demo


def test_exclusion_is_shown_with_its_reason(t: Team, client: Client, report: Report) -> None:
    reason = t.review.reasons.get(label="Wrong population")
    move(report=report, target="excluded_full_text", cause="vote 1", actor=t.ann, reason=reason)
    shown = words(page(client, t.observer, "report", report.pk))
    assert "Excluded at full text: Wrong population" in shown
    assert "Ann" not in shown


def test_page_costs_the_same_however_many_texts_a_report_has(
    t: Team, client: Client, pubmed: Search, report: Report, django_assert_max_num_queries: Any
) -> None:
    for number in range(8):
        changed = replace(YOUNGER, title=f"Title {number}")
        store_texts(search=pubmed, texts=[Text(changed)], run=None)
    client.force_login(t.ann)
    with django_assert_max_num_queries(11):
        client.get(reverse("review:report", args=["ldn", report.pk]))


# Who may ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["report", "revision"])
def test_report_of_another_review_is_not_found(t: Team, client: Client, name: str) -> None:
    elsewhere = team("elsewhere", shared=t)
    (foreign,) = factories.reports(factories.search(elsewhere.review), 1)
    pk = foreign.pk if name == "report" else foreign.face_id
    assert page(client, t.lead, name, pk or 0).status_code == 404
    assert page(client, t.lead, name, 10**6).status_code == 404


# The file -----------------------------------------------------------------------------------


@pytest.fixture
def held(t: Team, report: Report) -> FullText:
    move(report=report, target="sought", cause="vote 1", actor=None)
    upload = ("Younger 2013 (final).pdf", one_page_pdf())
    return hold_full_text(report=report, form="pdf", actor=t.ann, upload=upload)


def test_pdf_is_handed_out_as_pdf_to_be_framed_by_our_own_pages_only(
    t: Team, client: Client, held: FullText
) -> None:
    answer = page(client, t.ann, "full_text_file", held.pk)
    assert b"".join(answer.streaming_content) == one_page_pdf()
    assert answer["Content-Type"] == "application/pdf"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in answer["Content-Security-Policy"]
    assert "default-src 'self'" in answer["Content-Security-Policy"]
    assert answer["Content-Disposition"] == 'inline; filename="Younger-2013-final.pdf"'


def test_no_other_page_may_be_framed(t: Team, client: Client, report: Report) -> None:
    answer = page(client, t.ann, "report", report.pk)
    assert answer["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("lead", 200),
        ("ann", 200),
        ("adjudicator", 200),
        ("observer", 200),
        ("admin", 403),
        ("stranger", 404),
    ],
)
def test_members_read_full_texts(
    t: Team, client: Client, held: FullText, who: str, status: int
) -> None:
    answer = page(client, getattr(t, who), "full_text_file", held.pk)
    assert answer.status_code == status
    answer.close()


def test_file_of_another_review_is_not_found(t: Team, client: Client, held: FullText) -> None:
    team("elsewhere", shared=t)
    client.force_login(t.ann)
    url = reverse("review:full_text_file", args=["elsewhere", held.pk])
    assert client.get(url).status_code == 404


@pytest.mark.parametrize("case", ["no file", "not sought any more"])
def test_what_cannot_be_read_is_not_found(
    t: Team, client: Client, held: FullText, report: Report, case: str
) -> None:
    if case == "no file":
        held = hold_full_text(report=report, form="paper", actor=t.ann)
    else:
        report.refresh_from_db()
        move(report=report, target="screening", cause="withdrawal 2", actor=None)
    assert page(client, t.ann, "full_text_file", held.pk).status_code == 404


def test_full_text_of_an_absorbed_copy_is_shown_with_its_survivor(
    t: Team, client: Client, pubmed: Search, held: FullText, report: Report
) -> None:
    (kept,) = factories.reports(pubmed, 1, first=7001)
    move(report=kept, target="included", cause="vote 9", actor=None)
    report.refresh_from_db()
    join_reports(survivor=kept, absorbed=report, rule="x", why="x", similarities={}, actor=None)
    assert f"/full-texts/{held.pk}/file/" in text(page(client, t.ann, "report", kept.pk))
    answer = page(client, t.ann, "full_text_file", held.pk)
    assert answer.status_code == 200
    answer.close()


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("Younger 2013.pdf", "Younger-2013.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ('a"; filename=evil.exe', "a-filename-evil.pdf"),
        ("line\r\nbreak.pdf", "line-break.pdf"),
        (".pdf", "pdf.pdf"),
        ("", "full-text.pdf"),
        ("x" * 300 + ".pdf", "x" * 80 + ".pdf"),
    ],
)
def test_file_is_offered_under_a_harmless_name(name: str, safe: str) -> None:
    assert safe_name(name) == safe
