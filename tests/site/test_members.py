"""Members: who comes in by which link, who may change whom, and that nothing of theirs goes."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from review.models import Event, Membership, User
from screening.models import Decision, Seat
from tests.factories import next_report, reports, search, vote
from tests.people import PASSWORD, Team, member, person, team

pytestmark = pytest.mark.django_db
NEW = "a new and long password"


@pytest.fixture
def who() -> Team:
    return team()


def log_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def add(client: Client, who: Team, email: str, *roles: str, name: str = "") -> Any:
    address = reverse("site:member_add", args=[who.review.slug])
    return client.post(address, {"email": email, "name": name, "roles": roles}, follow=True)


def link_on(page: Any) -> str:
    found = re.search(r'class="one-time-link">([^<]+)<', page.content.decode())
    assert found, "no link is shown"
    return found[1]


def log_in_with(email: str, password: str) -> bool:
    client = Client()
    client.post(reverse("account_login"), {"login": email, "password": password})
    return "_auth_user_id" in client.session


def set_password(link: str, password: str) -> Any:
    """Follow a one-time link as a browser would; gives the last page."""
    client = Client()
    form = client.get(link, follow=True)
    address = form.redirect_chain[-1][0] if form.redirect_chain else link
    return client.post(address, {"password1": password, "password2": password}, follow=True)


def of(who: Team, user: User) -> Membership:
    return Membership.objects.get(review=who.review, user=user)


def events(what: str) -> list[tuple[Any, str, Any, Any]]:
    rows = Event.objects.filter(what=what).select_related("actor")
    return [(event.actor, event.subject, event.old, event.new) for event in rows]


def test_a_new_member_comes_in_by_a_link_that_works_once(who: Team) -> None:
    page = add(log_in(who.lead), who, "Cleo@Example.org", "reviewer", name="Cleo")
    link = link_on(page)
    assert not log_in_with("cleo@example.org", NEW)

    set_password(link, NEW)
    assert log_in_with("cleo@example.org", NEW)

    again = set_password(link, "another long password")
    assert "used already" in again.content.decode()
    assert not log_in_with("cleo@example.org", "another long password")
    assert log_in_with("cleo@example.org", NEW)


def test_the_link_is_shown_once_and_never_written_to_the_log(who: Team) -> None:
    client = log_in(who.lead)
    link = link_on(add(client, who, "cleo@example.org", "reviewer"))
    again = client.get(reverse("site:members", args=[who.review.slug]))
    assert "one-time-link" not in again.content.decode()
    assert events("was shown a link") == [(who.lead, "cleo@example.org", None, None)]
    secret = link.rstrip("/").rsplit("/", 1)[-1]
    assert not [event for event in Event.objects.values() if secret in str(event)]


def test_a_new_link_can_be_had_until_a_password_is_set(who: Team) -> None:
    client = log_in(who.lead)
    add(client, who, "cleo@example.org", "reviewer")
    cleo = User.objects.get(email="cleo@example.org")
    again = reverse("site:member_link", args=[who.review.slug, of(who, cleo).pk])
    set_password(link_on(client.post(again, follow=True)), NEW)
    refused = client.post(again, follow=True).content.decode()
    assert "has a password" in refused
    assert "one-time-link" not in refused


def test_with_mail_the_link_is_sent_and_shown_to_nobody(who: Team, settings: Any) -> None:
    settings.MAIL_IS_SENT = True
    page = add(log_in(who.lead), who, "cleo@example.org", "observer")
    assert "one-time-link" not in page.content.decode()
    assert "was sent to cleo@example.org" in page.content.decode()
    (sent,) = mail.outbox
    assert sent.to == ["cleo@example.org"]
    (link,) = re.findall(r"http://\S+", str(sent.body))
    set_password(link, NEW)
    assert log_in_with("cleo@example.org", NEW)
    assert events("sent a link to set a password") == [(who.lead, "cleo@example.org", None, None)]


def test_a_mail_server_that_is_down_is_said_and_the_member_stays(who: Team, settings: Any) -> None:
    settings.MAIL_IS_SENT = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9  # nobody listens there
    page = add(log_in(who.lead), who, "cleo@example.org", "observer")
    assert page.status_code == 200
    assert "did not take the mail to cleo@example.org" in page.content.decode()
    assert of(who, User.objects.get(email="cleo@example.org")).is_active
    assert events("sent a link to set a password") == []


def test_a_person_with_a_password_is_added_without_a_link(who: Team) -> None:
    page = add(log_in(who.lead), who, who.stranger.email, "observer")
    assert "one-time-link" not in page.content.decode()
    assert of(who, who.stranger).role_names == ["observer"]
    assert User.objects.filter(email=who.stranger.email).count() == 1


@pytest.mark.parametrize("privilege", ["member of another review", "site admin"])
def test_a_lead_is_never_shown_the_key_to_more_than_the_review(who: Team, privilege: str) -> None:
    other = User.objects.create_user("waiting@example.org")
    if privilege == "site admin":
        User.objects.filter(pk=other.pk).update(is_staff=True, is_superuser=True)
    else:
        member(team("second", shared=who).review, other, "lead")
    page = add(log_in(who.lead), who, other.email, "observer")
    assert "one-time-link" not in page.content.decode()
    assert "Ask the site admin" in page.content.decode()
    address = reverse("site:member_link", args=[who.review.slug, of(who, other).pk])
    assert "one-time-link" not in log_in(who.lead).post(address, follow=True).content.decode()
    set_password(link_on(log_in(who.admin).post(address, follow=True)), NEW)
    assert log_in_with(other.email, NEW)


@pytest.mark.parametrize(
    ("email", "roles", "told"),
    [
        ("", ("reviewer",), "This field is required"),
        ("not an address", ("reviewer",), "valid email address"),
        ("cleo@example.org", (), "This field is required"),
        ("cleo@example.org", ("boss",), "not one of the available choices"),
        ("ann@example.org", ("lead",), "member already"),
        (" ANN@example.org ", ("lead",), "member already"),
    ],
)
def test_a_form_that_cannot_be_followed_says_why_and_changes_nothing(
    who: Team, email: str, roles: tuple[str, ...], told: str
) -> None:
    before = list(Membership.objects.values())
    page = add(log_in(who.lead), who, email, *roles)
    assert page.status_code == 422
    assert told in page.content.decode()
    assert list(Membership.objects.values()) == before


def change(client: Client, who: Team, user: User, *roles: str) -> Any:
    address = reverse("site:member", args=[who.review.slug, of(who, user).pk])
    return client.post(address, {"roles": roles}, follow=True)


def test_roles_change_at_once_and_are_logged(who: Team) -> None:
    page = change(log_in(who.lead), who, who.ann, "reviewer", "adjudicator")
    assert "Ann is now reviewer, adjudicator." in page.content.decode()
    assert of(who, who.ann).role_names == ["reviewer", "adjudicator"]
    assert events("changed a member's roles") == [
        (who.lead, who.ann.email, ["reviewer"], ["reviewer", "adjudicator"])
    ]


def test_the_last_lead_stays_lead(who: Team) -> None:
    client = log_in(who.lead)
    page = change(client, who, who.lead, "reviewer")
    assert page.status_code == 422
    assert "A review needs a lead" in page.content.decode()
    address = reverse("site:member_remove", args=[who.review.slug, of(who, who.lead).pk])
    assert "A review needs a lead" in client.post(address, follow=True).content.decode()
    assert of(who, who.lead).is_active
    assert of(who, who.lead).is_lead

    change(client, who, who.ann, "lead", "reviewer")
    assert client.post(address)["Location"] == reverse("site:reviews")
    assert not of(who, who.lead).is_active
    assert client.get(reverse("site:home", args=[who.review.slug])).status_code == 403


def test_a_lead_whose_account_is_closed_does_not_count_as_one(who: Team) -> None:
    change(log_in(who.lead), who, who.ann, "lead")
    User.objects.filter(pk=who.ann.pk).update(is_active=False)
    assert change(log_in(who.lead), who, who.lead, "reviewer").status_code == 422


def test_who_leaves_keeps_votes_and_name_and_frees_what_they_held(who: Team) -> None:
    first, _, _ = reports(search(who.review), 3)
    vote(who.ann, first, "include")
    assert next_report(who.ann, who.review) is not None
    address = reverse("site:member_remove", args=[who.review.slug, of(who, who.ann).pk])
    page = log_in(who.lead).post(address, follow=True)
    assert "What they did stays" in page.content.decode()
    assert Decision.objects.get(report=first).actor == who.ann
    assert not Seat.objects.filter(reviewer=who.ann, state="open").exists()
    assert events("removed a member") == [(who.lead, who.ann.email, ["reviewer"], [])]
    gone = log_in(who.ann).get(reverse("site:home", args=[who.review.slug]))
    assert gone.status_code == 403 and "You have left this review" in gone.content.decode()


def test_a_member_who_left_can_be_taken_back(who: Team) -> None:
    client = log_in(who.lead)
    client.post(reverse("site:member_remove", args=[who.review.slug, of(who, who.ann).pk]))
    page = client.get(reverse("site:member", args=[who.review.slug, of(who, who.ann).pk]))
    assert "Give roles to take them back" in page.content.decode()
    change(client, who, who.ann, "observer")
    assert of(who, who.ann).is_active
    assert log_in(who.ann).get(reverse("site:home", args=[who.review.slug])).status_code == 200
    assert events("changed a member's roles") == [(who.lead, who.ann.email, [], ["observer"])]


def test_a_site_admin_manages_members_of_any_review(who: Team) -> None:
    add(log_in(who.admin), who, "cleo@example.org", "lead")
    assert events("added a member") == [(who.admin, "cleo@example.org", [], ["lead"])]


def test_members_who_may_not_manage_see_the_list_only(who: Team) -> None:
    page = log_in(who.ann).get(reverse("site:members", args=[who.review.slug])).content.decode()
    assert "bo@example.org" in page
    assert "<form" not in page.partition("<main")[2]
    assert "/members/" not in page.partition("<main")[2]


def test_a_person_who_was_added_can_log_in_without_confirming_the_address(who: Team) -> None:
    person("dan@example.org")
    assert log_in_with("dan@example.org", PASSWORD)
