"""The whole path of a small review in a real browser, with a real worker and a real broker.

A lead runs a search, two people screen with the keyboard, a third settles, full texts are got and
judged, a study is appraised and extracted, tables are exported; at the end the diagram on the
page, the JSON and the exported tables say the same, and the audit finds nothing.

On PostgreSQL and Redis it is a server's own processes that answer: gunicorn, a worker and beat.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import global_settings
from django.core.management import call_command
from playwright.sync_api import Page, expect
from pypdf import PdfWriter
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from review.models import Report, Review
from review.site.audit import differences
from tests.eutils import EUtils
from tests.people import PASSWORD, team
from tests.plugins.browser import OpenPage
from tests.pubmed_records import generated, pmids
from tests.running import Local
from tests.worker import Worker, environment

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

RECORDS = 320
SCREENED = 25
ANN = "i" * 4 + "m" + "e" * 20
BO = "i" * 5 + "i" + "e" * 19  # they differ on the sixth


@pytest.fixture
def pubmed(settings: Settings) -> Iterator[None]:
    """A PubMed that finds the same records whatever is searched."""
    with EUtils() as server:
        settings.EUTILS_BASE_URL = server.url
        server.holds(generated(RECORDS))
        server.answers(None, pmids(RECORDS))
        yield


@pytest.fixture
def live(pubmed: None, settings: Settings, request: pytest.FixtureRequest) -> str:
    """The address of the site with its worker."""
    serve = "beside_the_test" if settings.EMBEDDED else "on_a_server"
    settings.SITE_URL = request.getfixturevalue(serve)
    return str(settings.SITE_URL)


@pytest.fixture
def beside_the_test(live_server: LiveServer, start_worker: Callable[..., Worker]) -> str:
    """One process for the pages, one worker."""
    start_worker()
    return str(live_server.url)


@pytest.fixture
def on_a_server(transactional_db: None, settings: Settings, tmp_path: Path) -> Iterator[str]:
    """The processes of a server on the test's database and Redis."""
    settings.PASSWORD_HASHERS = global_settings.PASSWORD_HASHERS  # the only ones that they know
    settings.FULLTEXT_DIR = tmp_path / "data" / "fulltext"  # of those processes, for the audit
    site = Local(tmp_path, **environment())
    try:
        site.await_ready()
        yield site.address
    finally:
        site.end()


def log_in(page: Page, email: str) -> Page:
    page.goto("/accounts/login/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Low-dose naltrexone")
    return page


def go(page: Page, *names: str) -> None:
    """Follow links of the frame, as a person would."""
    for name in names:
        page.get_by_role("banner").or_(page.locator("nav")).get_by_role(
            "link", name=name, exact=True
        ).first.click()


def run_search(page: Page) -> None:
    go(page, "Search")
    page.get_by_role("link", name="Set up a search").first.click()
    page.get_by_label("Source", exact=True).fill("PubMed")
    page.get_by_label("Fetch its records from PubMed").check()
    page.get_by_label("Search strategy").fill("naltrexone[tiab] AND low[tiab]")
    page.get_by_role("button", name="Save the search").click()
    page.get_by_role("button", name="Run search").click()
    expect(page.get_by_text(re.compile("Complete")).first).to_be_visible(timeout=60_000)
    expect(page.get_by_text(f"{RECORDS} of {RECORDS}")).to_be_visible()


def add_by_hand(page: Page) -> None:
    go(page, "Search")
    page.get_by_role("link", name="Set up a search").first.click()
    page.get_by_label("Source", exact=True).fill("Reference lists")
    page.get_by_label(re.compile("Citation searching")).check()
    page.get_by_role("button", name="Save the search").click()
    page.get_by_role("link", name="Add a report by hand").first.click()
    page.get_by_label("Title").fill("Low-dose naltrexone in a conference abstract")
    page.get_by_label("Year").fill("2019")
    page.get_by_role("button", name=re.compile("Add the report")).click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def screen(page: Page, keys: str) -> None:
    """Decide with the keyboard; each key brings the next report without a page load."""
    go(page, "Screen")
    page.evaluate("window.same = true")
    for place, key in enumerate(keys, start=1):
        title = page.locator(".report-title")
        before = title.inner_text()
        page.wait_for_selector('html[data-keys="ready"]')
        page.keyboard.press(key)
        expect(page.locator(".report-title")).not_to_have_text(before)
        expect(page.locator(".toast")).to_contain_text(
            {"i": "Include", "e": "Exclude", "m": "Maybe"}[key], ignore_case=True
        )
        expect(page.locator(".standing")).to_contain_text(f"{place + 1} of")
    assert page.evaluate("window.same") is True, "a decision loaded a whole page"


def undo_and_repeat(page: Page) -> None:
    """Z takes the last vote back and shows its report again."""
    page.wait_for_selector('html[data-keys="ready"]')
    page.keyboard.press("z")
    expect(page.locator(".standing")).not_to_contain_text(f"{SCREENED + 1} of")
    page.wait_for_selector('html[data-keys="ready"]')
    page.keyboard.press("e")
    expect(page.locator(".standing")).to_contain_text(f"{SCREENED + 1} of")


def settle(page: Page) -> None:
    go(page, "Screen")
    page.locator("main").get_by_role("link", name=re.compile("generated", re.I)).first.click()
    expect(page.locator(".votes")).to_contain_text("Ann")
    expect(page.locator(".votes")).to_contain_text("Bo")
    page.get_by_label("Rationale").fill("Not an oral dose")
    page.get_by_role("button", name=re.compile("^Exclude")).click()
    expect(page.locator("main")).to_contain_text("Settled: exclude")


def pdf() -> bytes:
    writer, out = PdfWriter(), io.BytesIO()
    writer.add_blank_page(width=595, height=842)
    writer.write(out)
    return out.getvalue()


def get_full_texts(page: Page, review: Review) -> list[Report]:
    """One as a PDF, two as links, one not retrieved, one still sought."""
    sought = list(review.reports.filter(position="sought").order_by("place"))
    assert len(sought) == 5
    first, second, third, fourth, _ = sought
    base = f"/r/{review.slug}/full-texts"
    page.goto(f"{base}/{first.pk}/")
    page.locator("input[type=file]").set_input_files(
        {"name": "trial.pdf", "mimeType": "application/pdf", "buffer": pdf()}
    )
    page.get_by_role("button", name="Upload the PDF").click()
    expect(page.locator("main")).to_contain_text("trial.pdf")
    for report in (second, third):
        page.goto(f"{base}/{report.pk}/")
        page.get_by_label("Address").fill("https://example.org/article")
        page.get_by_role("button", name="Record the link").click()
        expect(page.locator("main")).to_contain_text("example.org")
    page.goto(f"{base}/{fourth.pk}/")
    page.get_by_label("What was tried").last.fill("Asked the library")
    page.get_by_role("button", name="Record the attempt").click()
    page.get_by_role("button", name=re.compile("not retrieved", re.I)).click()
    expect(page.locator("main")).to_contain_text("Not retrieved")
    return [first, second, third]


def judge_full_texts(page: Page) -> None:
    """Include the first, exclude the second with a reason; the third stays open."""
    go(page, "Full text", "My queue")
    page.wait_for_selector('html[data-keys="ready"]')
    page.keyboard.press("i")
    expect(page.locator(".toast")).to_contain_text("Include", ignore_case=True)
    page.get_by_label("Wrong study design").check()
    page.wait_for_selector('html[data-keys="ready"]')
    page.keyboard.press("e")
    expect(page.locator(".toast")).to_contain_text("Exclude", ignore_case=True)


def make_study(page: Page) -> None:
    go(page, "Extract")
    row = page.get_by_role("row").filter(has_text="Included")
    row.get_by_role("button", name=re.compile("Start its study")).first.click()
    page.get_by_role("link", name="Add a result").click()
    page.get_by_label("Outcome").fill("Pain intensity")
    page.get_by_label(re.compile("Time point")).fill("12 weeks")
    page.get_by_label("Comparison").fill("LDN 4.5 mg against placebo")
    page.get_by_role("button", name="Add the result").click()
    expect(page.locator("main")).to_contain_text("Pain intensity")


LOW = {
    "1.1": "Yes", "1.2": "Yes", "1.3": "No",
    "2.1": "No", "2.2": "No", "2.6": "Yes",
    "3.1": "Yes",
    "4.1": "No", "4.2": "No", "4.3": "No",
    "5.1": "Yes", "5.2": "No", "5.3": "No",
}  # fmt: skip


def appraise(page: Page, slug: str) -> None:
    """Answer every question that is asked, domain by domain; each change brings what follows."""
    page.get_by_role("link", name=re.compile("risk of bias", re.I)).first.click()
    page.get_by_label("RoB 2 (22 August 2019)").check()
    page.get_by_role("button", name="Start the assessment").click()
    page.wait_for_url(re.compile("/assessments/"))
    found = re.search(r"/assessments/(\d+)/", page.url)
    assert found
    address = f"/r/{slug}/assessments/{found[1]}/"
    for domain in ("D1", "D2", "D3", "D4", "D5"):
        page.goto(f"{address}domain/{domain}/")
        for code, answer in LOW.items():
            if code.startswith(domain[1]):
                question = page.locator(f"#question-{code.replace('.', '')}")
                with page.expect_response(re.compile("/domain/")):
                    question.get_by_label(answer, exact=True).check()
        page.get_by_role("button", name="Save and go on").click()
        page.goto(f"{address}domain/{domain}/")
        expect(page.locator("form .judgement").first).to_contain_text("Low")
    page.goto(address)
    expect(page.locator(".lead .judgement")).to_contain_text("Low")


def define_form(page: Page) -> None:
    go(page, "Extract", "Extraction form")
    page.get_by_role("button", name="Start from the LDN fields").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Extraction form")


def extract(page: Page, review: Review) -> None:
    study = review.studies.get()
    page.goto(f"/r/{review.slug}/studies/{study.pk}/extract/")
    field = page.locator("main").get_by_label(re.compile("randomised", re.I)).first
    field.fill("31")
    page.get_by_role("button", name=re.compile("^Save")).first.click()
    expect(page.locator("main")).to_contain_text(re.compile("saved", re.I))


def export(page: Page, title: str, tmp: Path) -> list[dict[str, str]]:
    go(page, "Report", "Exports")
    page.get_by_role("button", name=f"Make CSV of {title}").click()
    with page.expect_download(timeout=60_000) as started:
        page.get_by_role("link", name=re.compile("^Download")).click(timeout=60_000)
    target = tmp / started.value.suggested_filename
    started.value.save_as(target)
    with target.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def counted(rows: list[dict[str, str]]) -> dict[str, Any]:
    """PRISMA numbers recomputed from the exported table alone."""
    left = {r["report"]: r for r in rows if r["column of the diagram"] == "left"}
    stands = Counter(row["position"] for row in left.values())
    records = {r["record"]: r for r in rows}.values()
    after = ("sought", "not_retrieved", "assessing", "excluded_full_text", "included")
    sought = sum(stands[position] for position in after)
    return {
        "database_results": sum(r["kind of source"] == "database" for r in records),
        "records_excluded": stands["excluded"],
        "records_screened": stands["excluded"] + sought,
        "dbr_sought_reports": sought,
        "dbr_notretrieved_reports": stands["not_retrieved"],
        "dbr_assessed": stands["excluded_full_text"] + stands["included"],
        "dbr_excluded": dict(
            Counter(r["reason for exclusion"] for r in left.values() if r["reason for exclusion"])
        ),
        "new_reports": stands["included"],
    }


def on_page(page: Page, name: str) -> int:
    """The number that the drawn diagram reads aloud for a line."""
    spoken = page.locator(f'svg [aria-label*="{name}"]').first.get_attribute("aria-label")
    found = re.search(rf"{name}, n = ([\d,]+)", spoken or "")
    assert found, spoken
    return int(found[1].replace(",", ""))


@pytest.mark.both
def test_a_team_does_a_whole_small_review(
    page_for: OpenPage, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    who = team()
    review = who.review
    lead, ann, bo, ada = (
        log_in(page_for(), user.email) for user in (who.lead, who.ann, who.bo, who.adjudicator)
    )
    run_search(lead)
    add_by_hand(lead)
    screen(ann, ANN)
    undo_and_repeat(ann)
    screen(bo, BO)
    settle(ada)
    get_full_texts(bo, review)
    judge_full_texts(ann)
    judge_full_texts(bo)
    make_study(ann)
    appraise(ann, review.slug)
    define_form(lead)
    extract(ann, review)

    rows = export(ann, "Records with decisions", tmp_path)
    rob = export(ann, "Risk of bias", tmp_path)
    call_command("prisma", review.slug)
    numbers = json.loads(capsys.readouterr().out)
    go(lead, "Report", "Flow")

    exported = counted(rows)
    assert {name: numbers[name] for name in exported} == exported
    assert exported["database_results"] == RECORDS
    assert (exported["records_screened"], exported["records_excluded"]) == (25, 20)
    assert exported["dbr_excluded"] == {"Wrong study design": 1}
    assert numbers["citations_results"] == 1
    assert (numbers["new_studies"], numbers["new_reports"]) == (1, 1)
    shown = {
        "Records screened": "records_screened",
        "Records excluded": "records_excluded",
        "Reports of included studies": "new_reports",
    }
    assert {n: on_page(lead, n) for n in shown} == {n: numbers[k] for n, k in shown.items()}
    # 295 reports of PubMed and the one added by hand are unscreened, one full text is sought, one
    # held and unjudged
    assert numbers["awaiting_decision"] == 298
    expect(lead.locator(".draft")).to_contain_text("DRAFT")
    expect(lead.locator(".draft")).to_contain_text("298 records await a decision")
    assert len(rob) == 1
    assert "Low" in rob[0].values()
    assert list(differences(review)) == []
