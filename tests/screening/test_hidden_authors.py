"""Authors and journal hidden from voters: absent from all that they get of what they vote on."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import reverse

from review.models import Job, Report, Revision, User
from review.services import jobs
from review.services.stages import set_rules
from review.services.studies import study_of
from review.site.exports import TASK, write_export
from review.site.flow import counts_of, links
from screening.services.rules import change_rules, latest_change
from screening.services.stages import turn_stage
from tests import factories
from tests.routes import Route
from tests.site.world import World, all_routes, two_worlds

pytestmark = pytest.mark.django_db

JOURNAL = "Zeitschrift für Schmerzkunde"
BOOK = "Handbuch der Schmerzkunde"
DOI = "10.5555/schmerzkunde"
TELLING = re.compile(r"Geheimrat|Schmerzkunde|schmerzkunde|Kamerad")


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """A furnished review that hides authors; every text that is voted on names tell-tale ones."""
    with django_db_blocker.unblock(), transaction.atomic():
        here, _ = two_worlds()
        for text in Revision.objects.filter(record__report__in=undecided(here)):
            tell(text)
        set_rules(stage=here.stage("title_abstract"), actor=here.lead, hide_authors=True)
        yield here
        transaction.set_rollback(True)


def tell(text: Revision) -> None:
    author = {"last": "Geheimrat", "fore": "Egon", "initials": "E", "group": False}
    text.data |= {"authors": [author, author | {"last": "Kamerad"}], "journal": JOURNAL}
    text.data |= {"book": BOOK, "doi": f"{DOI}.{text.pk}", "url": f"https://example.org/{DOI}"}
    notice = {"kind": "ErratumIn", "pmid": "", "citation": f"{JOURNAL}. 2021;3:1"}
    text.data |= {"notices": [notice], "volume": "Kameradschaft 3"}
    text.save(update_fields=["data"])


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def shown(client: Client, where: str) -> str:
    answer = client.get(where)
    body = b"".join(answer) if answer.streaming else answer.content
    return body.decode("utf-8", "replace")


def undecided(world: World) -> list[Report]:
    return list(Report.objects.filter(review=world.review, position__in=("screening", "excluded")))


def pages() -> list[Route]:
    return [route for route in all_routes() if route.method == "get" and route.in_review]


@pytest.mark.parametrize("route", pages(), ids=lambda route: route.name)
def test_no_page_tells_a_voter_who_wrote_what_they_vote_on(world: World, route: Route) -> None:
    """Every page of Winnow, about every report that waits or was excluded."""
    for report in [None, *undecided(world)]:
        kwargs = {"slug": world.review.slug} | route.kwargs(world)
        if report is not None:
            if "pk" not in kwargs or not ABOUT_A_REPORT.match(route.name):
                continue
            kwargs["pk"] = report.pk
        with transaction.atomic():
            page = shown(client_of(world.ann), reverse(route.name, kwargs=kwargs))
            transaction.set_rollback(True)
        found = [line for line in page.splitlines() if TELLING.search(line)]
        assert not found, (route.name, kwargs, found[:3])


ABOUT_A_REPORT = re.compile(
    r"review:report$|screening:(vote|conflict|decisions|retrieval|merge)$|extraction:study_start"
)


def lists(world: World) -> Iterator[str]:
    """The lists that an address narrows, as far as the routes do not name them."""
    reports = reverse("review:reports", args=[world.review.slug])
    for position in ("screening", "excluded"):
        yield f"{reports}?position={position}"
    yield from links(world.review, counts_of(world.review)).values()
    for search in world.review.searches.all():
        yield f"{reports}?search={search.pk}"
    duplicates = reverse("screening:duplicates", args=[world.review.slug])
    merge = reverse("screening:merge", args=[world.review.slug, world.report.pk])
    for report in undecided(world):
        yield f"{duplicates}?q={report.pk}"
        yield f"{merge}?other={report.pk}" if report.pk != world.report.pk else merge
    for text in Revision.objects.filter(record__report__in=undecided(world)):
        yield reverse("review:revision", args=[world.review.slug, text.pk])


def test_no_list_search_or_older_text_does_either(world: World) -> None:
    client = client_of(world.ann)
    for where in lists(world):
        for headers in ({}, {"HX-Request": "true"}):
            page = client.get(where, headers=headers)
            assert page.status_code == 200, where
            assert not TELLING.search(page.content.decode()), where


def test_who_does_not_vote_there_sees_them(world: World) -> None:
    report = next(each for each in undecided(world) if each.pk == world.report.pk)
    where = reverse("review:report", args=[world.review.slug, report.pk])
    for person in (world.lead, world.adjudicator, world.observer):
        assert "Geheimrat" in shown(client_of(person), where)


def export(world: World) -> Job:
    job = jobs.enqueue(
        task=TASK,
        subject="Records with decisions",
        key=f"export {Job.objects.count()}",
        review=world.review,
        actor=world.lead,
        arguments={"table": "decisions", "format": "csv"},
    )
    jobs.perform(job.pk, write_export)
    job.refresh_from_db()
    assert job.state == "done"
    return job


def test_no_file_tells_it_whoever_made_it(world: World) -> None:
    with transaction.atomic():
        job = export(world)
        where = reverse("site:download", args=[world.review.slug, job.pk])
        text = shown(client_of(world.ann), where)
        transaction.set_rollback(True)
    assert not TELLING.search(text)
    rows = list(csv.DictReader(io.StringIO(text.lstrip("\ufeff"))))
    sought = [row for row in rows if row["position"] == "sought"]
    assert sought and all(row["authors"] for row in sought)


def test_a_file_from_before_is_closed_to_voters(world: World) -> None:
    with transaction.atomic():
        stage = world.stage("title_abstract")
        set_rules(stage=stage, actor=world.lead, hide_authors=False)
        job = export(world)
        set_rules(stage=stage, actor=world.lead, hide_authors=True)
        where = reverse("site:download", args=[world.review.slug, job.pk])
        assert (settings.EXPORT_DIR / job.file).exists()
        assert client_of(world.ann).get(where).status_code == 403
        assert "Geheimrat" in shown(client_of(world.lead), where)
        transaction.set_rollback(True)


def test_once_the_stage_is_closed_they_are_shown(world: World) -> None:
    """Nobody can vote any more, so there is nothing left to keep from anybody."""
    where = reverse("review:report", args=[world.review.slug, world.report.pk])
    with transaction.atomic():
        stage = world.stage("title_abstract")
        type(stage).objects.filter(pk=stage.pk).update(state="closed")
        assert "Geheimrat" in shown(client_of(world.ann), where)
        transaction.set_rollback(True)
    with transaction.atomic():
        turn_stage(stage=stage, state="locked", reason="Pause", actor=world.lead)
        assert "Geheimrat" not in shown(client_of(world.ann), where)
        transaction.set_rollback(True)


def test_a_reviewer_who_is_not_chosen_to_vote_there_sees_them(world: World) -> None:
    where = reverse("review:report", args=[world.review.slug, world.report.pk])
    with transaction.atomic():
        stage = world.stage("title_abstract")
        set_rules(
            stage=stage, actor=world.lead, voters="chosen", chosen=[world.bo.pk], votes_needed=1
        )
        assert "Geheimrat" in shown(client_of(world.ann), where)
        assert "Geheimrat" not in shown(client_of(world.bo), where)
        transaction.set_rollback(True)


def test_what_was_included_is_shown_for_its_full_text_must_be_found(world: World) -> None:
    with transaction.atomic():
        factories.include_on_abstract(world.report, world.ann, world.bo)
        where = reverse("screening:retrieval", args=[world.review.slug, world.report.pk])
        assert "Geheimrat" in shown(client_of(world.ann), where)
        transaction.set_rollback(True)


def test_nor_the_study_of_a_report_that_is_voted_on_again(world: World) -> None:
    """It was included and extracted; then more votes were asked for."""
    report = world.report
    with transaction.atomic():
        factories.hold(factories.include_on_abstract(report, world.ann, world.bo), world.lead)
        study_of(report=report, actor=world.lead)
        report.refresh_from_db()
        assert report.study.label.startswith("Geheimrat")
        stage = world.stage("title_abstract")
        values = {"votes_needed": 3}
        seen = latest_change(stage)
        change_rules(
            stage=stage,
            values=values,
            seen=seen.pk if seen else 0,
            actor=world.lead,
            reason="Safer",
        )
        client = client_of(world.ann)
        for name in ("study", "extract"):
            where = reverse(f"extraction:{name}", args=[world.review.slug, report.study_id])
            assert not TELLING.search(shown(client, where))
        assert not TELLING.search(shown(client, reverse("extraction:studies", args=["ldn"])))
        transaction.set_rollback(True)
