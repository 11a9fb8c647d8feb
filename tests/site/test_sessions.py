"""Sessions end when they should, everywhere; a one-time link works once, for one person."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from review.models import Event, User
from tests.people import PASSWORD, Team, person, team
from tests.site.test_members import add, link_on, log_in, log_in_with, set_password

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"
NEW = "a new and long password"
COOKIE = settings.SESSION_COOKIE_NAME


@pytest.fixture(autouse=True)
def empty_cache(db: None) -> None:
    """Nobody was counted before."""
    cache.clear()


@pytest.fixture
def ann() -> User:
    return person("ann@example.org")


def entered(email: str = "ann@example.org") -> Client:
    """A browser in which somebody logged in with the password."""
    client = Client()
    client.post(LOGIN, {"login": email, "password": PASSWORD})
    assert is_in(client)
    return client


def is_in(client: Client) -> bool:
    """Whether the front page leads to reviews, and not to the log-in."""
    return not client.get("/").get("Location", "").startswith(LOGIN)


def with_key(key: str) -> Client:
    """Another browser that sends this session key."""
    client = Client()
    client.cookies[COOKIE] = key
    return client


def key_of(client: Client) -> str:
    return client.cookies[COOKIE].value


def test_a_log_in_makes_a_new_session_and_the_one_before_stays_nobodys(ann: User) -> None:
    """A key that a stranger planted before is worth nothing after."""
    planted = Client()
    session = planted.session
    session["planted"] = True
    session.save()
    planted.cookies[COOKIE] = session.session_key
    before = str(session.session_key)
    planted.post(LOGIN, {"login": "ann@example.org", "password": PASSWORD})
    assert is_in(planted)
    assert key_of(planted) != before
    assert not is_in(with_key(before))


def test_the_key_of_a_session_is_kept_from_scripts_and_other_sites(ann: User) -> None:
    cookie = entered().cookies[COOKIE]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


def test_a_key_is_worth_nothing_after_the_log_out(ann: User) -> None:
    client = entered()
    key = key_of(client)
    assert is_in(with_key(key))
    client.post("/accounts/logout/")
    assert not is_in(client)
    assert not is_in(with_key(key))


def test_a_log_out_here_leaves_the_other_browser_alone(ann: User) -> None:
    here, there = entered(), entered()
    here.post("/accounts/logout/")
    assert is_in(there)


def test_a_changed_password_ends_every_other_session(ann: User) -> None:
    here, there = entered(), entered()
    sent = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    here.post(reverse("account_change_password"), sent)
    assert is_in(here)
    assert not is_in(there)
    assert not log_in_with("ann@example.org", PASSWORD)


def reset_link(email: str = "ann@example.org") -> str:
    from django.core import mail

    Client().post(reverse("account_reset_password"), {"email": email})
    return str(re.findall(r"https?://\S+", str(mail.outbox[-1].body))[0])


def test_a_password_set_by_a_link_ends_every_session(ann: User) -> None:
    there = entered()
    key = key_of(there)
    set_password(reset_link(), NEW)
    assert not is_in(there)
    assert not is_in(with_key(key))


def test_a_closed_account_is_out_at_once_in_every_browser(ann: User) -> None:
    first, second = entered(), entered()
    User.objects.filter(pk=ann.pk).update(is_active=False)
    assert not is_in(first)
    assert not is_in(second)


def test_who_is_removed_keeps_the_account_and_loses_the_review() -> None:
    who = team()
    client = entered()
    membership = who.review.memberships.get(user=who.ann)
    log_in(who.lead).post(reverse("site:member_remove", args=[who.review.slug, membership.pk]))
    assert is_in(client)
    assert client.get(reverse("site:home", args=[who.review.slug])).status_code == 403


def opened(link: str) -> Any:
    """What a link leads to in a fresh browser."""
    return Client().get(link, follow=True)


def invited(who: Team) -> str:
    return link_on(add(log_in(who.lead), who, "cleo@example.org", "reviewer"))


def test_a_used_link_is_gone() -> None:
    link = invited(team())
    assert opened(link).status_code == 200
    set_password(link, NEW)
    assert opened(link).status_code == 410
    assert set_password(link, "another long password").status_code == 410
    assert log_in_with("cleo@example.org", NEW)


def test_two_browsers_with_one_link_set_one_password() -> None:
    link = invited(team())
    browsers = [Client(), Client()]
    forms = [client.get(link, follow=True).redirect_chain[-1][0] for client in browsers]
    for number, (client, form) in enumerate(zip(browsers, forms, strict=True)):
        sent = f"{NEW} {number}"
        client.post(form, {"password1": sent, "password2": sent})
    assert log_in_with("cleo@example.org", f"{NEW} 0")
    assert not log_in_with("cleo@example.org", f"{NEW} 1")


def test_a_link_is_gone_after_three_days(monkeypatch: pytest.MonkeyPatch) -> None:
    from allauth.account.forms import default_token_generator

    link = invited(team())
    later = timezone.now().replace(tzinfo=None)
    for days, status in ((2, 200), (4, 410)):
        monkeypatch.setattr(
            type(default_token_generator), "_now", lambda _, d=days: later + timedelta(days=d)
        )
        assert opened(link).status_code == status, days


def test_a_link_of_a_closed_account_is_gone() -> None:
    link = invited(team())
    User.objects.filter(email="cleo@example.org").update(is_active=False)
    assert opened(link).status_code == 410


def test_a_guessed_link_or_one_for_somebody_else_is_gone(ann: User) -> None:
    link = reset_link()
    start, _, key = link.rstrip("/").rpartition("/")
    uid, _, token = key.partition("-")
    other = person("bo@example.org")
    from allauth.account.utils import user_pk_to_url_str

    for guess in (f"{uid}-{token[:-1]}x", f"{user_pk_to_url_str(other)}-{token}", "0-x", "zzzzz-1"):
        assert opened(f"{start}/{guess}/").status_code == 410, guess


def test_the_secret_of_a_link_is_not_in_the_address_of_the_form(ann: User) -> None:
    """So that no Referer can tell it."""
    link = reset_link()
    secret = link.rstrip("/").partition("-")[2]
    page = opened(link)
    assert secret not in page.redirect_chain[-1][0]
    assert secret not in page.content.decode()


def test_a_link_sets_the_password_of_the_person_it_was_made_for_whoever_is_logged_in() -> None:
    who = team()
    client = entered(who.bo.email)
    form = client.get(invited(who), follow=True).redirect_chain[-1][0]
    client.post(form, {"password1": NEW, "password2": NEW})
    assert log_in_with("cleo@example.org", NEW)
    assert log_in_with(who.bo.email, PASSWORD)


def test_extra_fields_of_a_form_make_nobody_more_than_they_are(ann: User) -> None:
    """G11: the forms of an account take what they ask for."""
    client = entered()
    sent = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    more = {"is_staff": "on", "is_superuser": "on", "email": "boss@example.org", "user": "1"}
    client.post(reverse("account_change_password"), sent | more)
    ann.refresh_from_db()
    assert (ann.is_staff, ann.is_superuser, ann.email) == (False, False, "ann@example.org")
    assert not Event.objects.filter(what="changed an account").exists()
