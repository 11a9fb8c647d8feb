"""Alerts: what a retraction touches at every stage, and the answer that ends it."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from extraction.services.appraisal import start_assessment
from review.citation import Notice
from review.models import Alert, Event, Move, Report
from review.services.records import Text, store_texts
from tests import factories
from tests.extraction import world
from tests.people import Team, team

pytestmark = pytest.mark.django_db


@pytest.fixture
def t() -> Team:
    return team()


@pytest.fixture
def report(t: Team) -> Report:
    """A report that two people included on its abstract."""
    (found,) = world.sought(t, 1)
    return found


def retract(report: Report, kind: str = "RetractionIn", pmid: str = "999") -> None:
    """Store a newer text that says so, as a run would."""
    record = report.records.get()
    notices = (Notice(kind, pmid, "Pain. 2026;1:1"),)
    newer = factories.citation(record.identifier, notices=notices)
    store_texts(search=record.search, texts=[Text(newer)], run=None)


def page(t: Team, who: str = "lead") -> str:
    client = Client()
    client.force_login(getattr(t, who))
    answer = client.get(reverse("site:alerts", args=[t.review.slug]))
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def answer(t: Team, alert: Alert, words: str) -> int:
    client = Client()
    client.force_login(t.lead)
    where = reverse("site:alert_answer", args=[t.review.slug, alert.pk])
    return client.post(where, {"done": words}).status_code


def test_an_alert_names_the_decisions_values_and_judgements_that_it_touches(t: Team) -> None:
    (report,) = world.included(t)
    study = world.study(t.review, report)
    world.form(t.review)
    world.extract(study, t.ann, world.typed("randomised", "31", report=report.pk, page="4"))
    row = start_assessment(result=world.result(study), tool=world.ROB2, actor=t.ann)
    world.answer(row, world.LOW)
    retract(report)
    text = page(t)
    assert "Retracted in: Pain. 2026;1:1" in text
    assert "Title and abstract: Include by Ann" in text
    assert "Full text: Include by Bo" in text
    assert "Randomised: <a" in text
    assert "Pain intensity, NRS 0–10" in text
    assert "Low" in text


def test_it_names_only_decisions_that_the_reader_may_see(t: Team, report: Report) -> None:
    """At full text one vote is in: the other voter must not read it here."""
    factories.hold(report, t.lead)
    factories.vote(t.ann, report, "include", at="full_text")
    retract(report)
    assert "Full text: Include by Ann" in page(t, "ann")
    for who in ("bo", "lead", "adjudicator", "observer"):
        text = page(t, who)
        assert "Title and abstract: Include by Ann" in text
        assert "Full text: Include" not in text


def test_an_answer_ends_the_alert_is_logged_and_moves_nothing(t: Team, report: Report) -> None:
    retract(report)
    moves, position = Move.objects.count(), report.position
    alert = Alert.objects.get()
    assert answer(t, alert, "Left out of the analysis") == 303
    report.refresh_from_db()
    assert (report.position, Move.objects.count()) == (position, moves)
    assert not Alert.objects.of(t.review).open().exists()
    assert "Left out of the analysis" in page(t, "observer")
    event = Event.objects.get(what="answered an alert")
    assert (event.actor, event.new) == (t.lead, "Left out of the analysis")


def test_an_answer_needs_words_and_the_first_one_stands(t: Team, report: Report) -> None:
    retract(report)
    alert = Alert.objects.get()
    assert answer(t, alert, " ") == 422
    assert answer(t, alert, "Left out") == 303
    assert answer(t, alert, "Kept in") == 422
    assert Alert.objects.get().done == "Left out"


def test_a_retraction_after_a_concern_is_another_alert(t: Team, report: Report) -> None:
    retract(report, "ExpressionOfConcernIn", "998")
    answer(t, Alert.objects.get(), "Waiting for the journal")
    retract(report, "RetractionIn", "999")
    (alert,) = Alert.objects.of(t.review).open()
    assert alert.kind == "retracted"


def test_leads_find_open_alerts_first_on_their_home(t: Team, report: Report) -> None:
    retract(report)
    client = Client()
    for who, told in (("lead", True), ("ann", False)):
        client.force_login(getattr(t, who))
        home = client.get(reverse("site:home", args=[t.review.slug]))
        assert any(todo.what == "alert to answer" for todo in home.context["todos"]) is told


def test_a_retraction_shows_wherever_the_report_is_listed(t: Team) -> None:
    (report,) = world.included(t)
    study = world.study(t.review, report)
    retract(report)
    client = Client()
    client.force_login(t.ann)
    pages = (("review:reports", []), ("extraction:study", [study.pk]))
    for name, args in pages:
        text = client.get(reverse(name, args=[t.review.slug, *args])).content.decode()
        assert '<span class="chip error">Retracted</span>' in text
    shown = client.get(reverse("review:report", args=[t.review.slug, report.pk])).content.decode()
    assert "Retracted: Pain. 2026;1:1" in shown
    assert "Notices about this report" in shown
