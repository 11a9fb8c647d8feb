"""D9: each person reads instants by their own clock, with its zone named; stored is UTC."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from review.models import Retrieval, Stage, User
from tests import factories
from tests.people import Team, team
from tests.screening.wire import words

pytestmark = pytest.mark.django_db
WINTER, SUMMER = (
    datetime(2026, 1, 15, 11, 30, tzinfo=UTC),
    datetime(2026, 7, 15, 11, 30, tzinfo=UTC),
)


@pytest.fixture
def t() -> Team:
    """A lead in Auckland and a reviewer in Los Angeles; Bo has chosen nothing."""
    found = team()
    choose(found.lead, "Pacific/Auckland")
    choose(found.ann, "America/Los_Angeles")
    return found


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def choose(user: User, zone: str) -> Any:
    return client_of(user).post(reverse("site:time_zone"), {"zone": zone})


def protocol(t: Team, user: User) -> str:
    answer = client_of(user).get(reverse("review:protocol", args=[t.review.slug]))
    assert answer.status_code == 200
    return str(answer.content.decode())


@pytest.mark.parametrize(
    ("instant", "auckland", "los_angeles"),
    [
        (WINTER, "16 Jan 2026, 00:30 NZDT", "15 Jan 2026, 03:30 PST"),
        (SUMMER, "15 Jul 2026, 23:30 NZST", "15 Jul 2026, 04:30 PDT"),
    ],
)
def test_two_people_see_one_instant_by_their_own_clocks(
    t: Team, instant: datetime, auckland: str, los_angeles: str
) -> None:
    Stage.objects.update(state="locked", state_reason="Piloting", state_at=instant)
    utc = f"{instant:%-d %b %Y}, 11:30 UTC"
    for user, told in ((t.lead, auckland), (t.ann, los_angeles), (t.bo, utc)):
        page = protocol(t, user)
        assert told in words(page)
        assert f'datetime="{instant:%Y-%m-%dT%H:%M:%S}+00:00"' in page, "for programs it is one"


@pytest.mark.both
def test_what_somebody_in_auckland_does_is_stored_in_utc(t: Team) -> None:
    before = timezone.now()
    url = reverse("screening:state", args=[t.review.slug, "full_text"])
    sent = {"act": "lock", "reason": "Piloting"}
    assert client_of(t.lead).post(url, sent).status_code == 303
    stage = factories.stage(t.review, "full_text")
    assert stage.state_at is not None
    assert before <= stage.state_at <= timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT state_at FROM review_stage WHERE id = %s", [stage.pk])
        (raw,) = cursor.fetchone()
    assert str(raw).startswith(f"{stage.state_at.astimezone(UTC):%Y-%m-%d %H:%M}")


@pytest.mark.parametrize(("zone", "status"), [("Pacific/Kiritimati", 303), ("", 422)])
def test_today_is_today_where_the_person_is(
    t: Team, monkeypatch: pytest.MonkeyPatch, zone: str, status: int
) -> None:
    """At 20:00 UTC on 22 November it is the 23rd on Kiritimati, 14 hours ahead."""
    (report,) = factories.reports(factories.search(t.review), 1)
    factories.include_on_abstract(report, t.ann, t.bo)
    evening = datetime(2026, 11, 22, 20, tzinfo=UTC)
    monkeypatch.setattr(timezone, "now", lambda: evening)
    choose(t.bo, zone)
    url = reverse("screening:attempt", args=[t.review.slug, report.pk])
    sent = {"tried_on": "2026-11-23", "how": "Asked the library"}
    assert client_of(t.bo).post(url, sent).status_code == status
    assert Retrieval.objects.count() == (status == 303)


def test_the_page_says_what_time_it_is_there(t: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: WINTER)
    said = words(client_of(t.lead).get(reverse("site:time_zone")).content.decode())
    assert "16 Jan 2026, 00:30 NZDT" in said
    assert choose(t.lead, "").status_code == 303
    said = words(client_of(t.lead).get(reverse("site:time_zone")).content.decode())
    assert "15 Jan 2026, 11:30 UTC" in said


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../../etc/passwd", "localtime", "\x00"])
def test_a_zone_that_there_is_not_is_refused_and_harms_nobody_who_has_it(
    t: Team, zone: str
) -> None:
    assert choose(t.bo, zone).status_code == 422
    t.bo.refresh_from_db()
    assert t.bo.zone == ""
    if zone.isprintable():
        User.objects.filter(pk=t.bo.pk).update(zone=zone)
    Stage.objects.update(state="locked", state_reason="Piloting", state_at=WINTER)
    assert "15 Jan 2026, 11:30 UTC" in words(protocol(t, t.bo))


def test_the_next_request_of_somebody_else_is_not_by_the_clock_of_the_last(t: Team) -> None:
    Stage.objects.update(state="locked", state_reason="Piloting", state_at=WINTER)
    assert "NZDT" in protocol(t, t.lead)
    assert "NZDT" not in protocol(t, t.bo)
    assert timezone.get_current_timezone_name() == "UTC"


def test_a_new_schedule_begins_with_the_zone_of_who_sets_it(t: Team) -> None:
    found = factories.search(t.review)
    page = client_of(t.lead).get(reverse("review:schedule", args=[t.review.slug, found.pk]))
    assert '<option value="Pacific/Auckland" selected>' in page.content.decode()
