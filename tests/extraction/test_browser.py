"""Appraising and extracting in a browser: with scripts, without them, and for axe."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from extraction.models import Value
from extraction.sheet import read_sheet
from review.models import Study, User
from tests.browser.barriers import TABLET, barriers
from tests.extraction import world
from tests.people import team
from tests.plugins.browser import OpenPage

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def url(name: str, *args: object) -> str:
    return reverse(f"extraction:{name}", args=["ldn", *args])


def pick(page: Page, question: str, answer: str) -> None:
    group = page.locator(f"#question-{question.replace('.', '')}")
    group.get_by_label(answer, exact=True).check()


def test_questions_appear_with_the_answers_and_what_is_being_typed_stays(
    page_for: OpenPage,
) -> None:
    people = team()
    row = world.started(people)
    page = page_for(people.ann)
    page.goto(url("domain", row.pk, "D2"))

    pick(page, "2.1", "Yes")
    support = page.locator("[name=support_2_1]")
    support.press_sequentially("They guessed it from their dreams", delay=10)
    expect(page.locator("#question-23 input").first).to_be_visible()

    expect(support).to_have_value("They guessed it from their dreams")
    pick(page, "2.2", "No")
    pick(page, "2.3", "No")
    pick(page, "2.6", "Yes")
    expect(page.get_by_text("The answers suggest:")).to_contain_text("Low risk")
    page.get_by_role("button", name="Save and go on").click()
    expect(page.get_by_role("heading", name="D3 Missing outcome data")).to_be_visible()

    sheet = read_sheet(row)
    assert sheet.codes == {"2.1": "Y", "2.2": "N", "2.3": "N", "2.6": "Y"}
    assert sheet.rows["2.1"].support == "They guessed it from their dreams"


def test_a_domain_is_judged_without_javascript(page_for: OpenPage) -> None:
    people = team()
    row = world.started(people)
    page = page_for(people.ann, java_script_enabled=False)
    page.goto(url("domain", row.pk, "D2"))

    pick(page, "2.1", "Yes")
    pick(page, "2.2", "No")
    page.get_by_role("button", name="Update questions").click()
    pick(page, "2.3", "No")
    pick(page, "2.6", "Probably yes")
    page.get_by_role("button", name="Save and go on").click()

    assert read_sheet(row).final("D2") == "low"


def test_a_form_is_defined_and_filled_in_without_javascript(page_for: OpenPage) -> None:
    people = team()
    study = world.study(people.review, *world.included(people))
    page = page_for(people.lead, java_script_enabled=False)
    page.goto(url("form"))
    page.get_by_role("button", name="Add a field").click()
    page.get_by_role("textbox", name="Name", exact=True).fill("Dose")
    page.get_by_label("Kind").select_option("Number")
    page.get_by_label("Unit").fill("mg a day")
    page.get_by_label("Largest").fill("10")
    page.get_by_role("button", name="Save the form").first.click()
    expect(page.get_by_text("Saved as version 1.")).to_be_visible()

    page.goto(url("extract", study.pk))
    page.get_by_label("Dose", exact=True).fill("45")
    page.get_by_label("Page of Dose").fill("3")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Dose must be at most 10 mg a day")
    assert page.get_by_label("Dose", exact=True).input_value() == "45"
    page.get_by_label("Dose", exact=True).fill("4.5")
    page.get_by_role("button", name="Save", exact=True).click()

    saved = Value.objects.get()
    assert (saved.data, saved.page) == ("4.5", "3")


def test_saving_leaves_the_full_text_where_it_was(page_for: OpenPage) -> None:
    people = team()
    world.form(people.review)
    study = world.study(people.review, *world.included(people))
    page = page_for(people.ann)
    page.goto(url("extract", study.pk))
    page.locator(".document").evaluate("pane => { pane.dataset.same = 'yes'; }")

    page.get_by_label("Country", exact=True).fill("Denmark")
    page.get_by_role("button", name="Save", exact=True).click()

    expect(page.locator(".save-bar")).to_contain_text("1 value.")
    expect(page.locator(".save-bar")).to_contain_text("1 of 6 filled")
    assert page.locator(".document").get_attribute("data-same") == "yes"


def furnished() -> list[str]:
    """The addresses of every page of extraction, with something to see on each."""
    people = team()
    row = world.started(people)
    world.answer(row, world.CONCERNS)
    world.sought(people, 2, first=3001)
    world.form(people.review)
    study = Study.objects.get()
    world.extract(study, people.ann, world.typed("country", "Denmark"))
    own = [url(name, row.pk) for name in ("assessment", "preliminary", "overall")]
    return [
        url("studies"),
        url("study", study.pk),
        url("result_new", study.pk),
        url("result", row.result_id),
        url("assess", row.result_id),
        *own,
        url("domain", row.pk, "D2"),
        url("form"),
        url("extract", study.pk),
    ]


def test_no_page_has_a_barrier_once_work_was_done_on_it(page_for: OpenPage) -> None:
    addresses = furnished()
    found = []
    for who in ("ann@example.org", "lead@example.org"):
        page = page_for(User.objects.get(email=who), **TABLET)
        for address in addresses if who.startswith("ann") else [url("form")]:
            page.goto(address)
            found += barriers(page)
    assert not found, "\n".join(found)
