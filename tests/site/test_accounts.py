"""Accounts against strangers: guessing, asking who is here, leading people astray, old pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import NoReverseMatch, reverse

from review.models import Event, Membership, User
from review.site.accounts import KNOWN_BROWSER
from tests.people import PASSWORD, Team, person, team

pytestmark = pytest.mark.django_db
LOGIN, RESET = "/accounts/login/", "/accounts/password/reset/"
ELSEWHERE = "198.51.100.7"


@pytest.fixture(autouse=True)
def empty_cache(db: None) -> None:
    """Nobody was counted before."""
    cache.clear()


@pytest.fixture
def ann() -> User:
    return person("ann@example.org")


def try_password(client: Client, password: str, **more: Any) -> bool:
    """Try to log in as Ann; whether it worked."""
    client.post(LOGIN, {"login": "ann@example.org", "password": password}, **more)
    return "_auth_user_id" in client.session


def from_everywhere(n: int) -> dict[str, str]:
    """Request parts of the n-th machine of an attacker who has many."""
    return {"REMOTE_ADDR": f"203.0.113.{n}"}


def guess(times: int, address: Callable[[int], dict[str, Any]] = from_everywhere) -> None:
    for n in range(times):
        assert not try_password(Client(), f"guess {n}", **address(n))


def test_guesses_from_many_networks_are_counted_by_account(ann: User) -> None:
    guess(5)
    assert not try_password(Client(), PASSWORD, REMOTE_ADDR=ELSEWHERE)


def test_another_host_header_makes_no_new_count(ann: User, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["reviews.example.org"]
    guess(5, lambda n: {"HTTP_HOST": f"reviews.example.org:{8000 + n}", **from_everywhere(n)})
    assert not try_password(Client(), PASSWORD, HTTP_HOST="reviews.example.org:9000")


def test_one_network_cannot_try_a_password_on_many_accounts(ann: User) -> None:
    for n in range(10):
        sent = {"login": f"person{n}@example.org", "password": PASSWORD}
        Client().post(LOGIN, sent, HTTP_X_FORWARDED_FOR=f"203.0.113.{n}")
    assert not try_password(Client(), PASSWORD, HTTP_X_FORWARDED_FOR=ELSEWHERE)
    assert try_password(Client(), PASSWORD, REMOTE_ADDR=ELSEWHERE)


def test_behind_a_proxy_the_address_that_it_saw_counts(ann: User, settings: Any) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for n in range(10):
        sent = {"login": f"person{n}@example.org", "password": PASSWORD}
        Client().post(LOGIN, sent, HTTP_X_FORWARDED_FOR=f"203.0.113.{n}, 192.0.2.1")
    forged = f"{ELSEWHERE}, 192.0.2.1"
    assert not try_password(Client(), PASSWORD, HTTP_X_FORWARDED_FOR=forged)
    assert try_password(Client(), PASSWORD, HTTP_X_FORWARDED_FOR=f"192.0.2.1, {ELSEWHERE}")


def test_guessing_cannot_keep_a_person_out_of_their_own_browser(ann: User) -> None:
    hers = Client()
    assert try_password(hers, PASSWORD)
    hers.post("/accounts/logout/")
    guess(8)
    assert not try_password(Client(), PASSWORD, REMOTE_ADDR=ELSEWHERE)
    assert try_password(hers, PASSWORD)


def test_in_a_known_browser_guesses_are_counted_too(ann: User) -> None:
    hers = Client()
    assert try_password(hers, PASSWORD)
    hers.post("/accounts/logout/")
    guess(5, lambda n: {"REMOTE_ADDR": ELSEWHERE, "headers": {"cookie": as_header(hers)}})
    assert not try_password(hers, PASSWORD)


def test_a_browser_is_known_to_one_account_and_cannot_be_forged(ann: User) -> None:
    person("bo@example.org")
    bos = Client()
    bos.post(LOGIN, {"login": "bo@example.org", "password": PASSWORD})
    number, _, seal = bos.cookies[KNOWN_BROWSER].value.partition(" ")
    assert "bo" not in seal
    guess(5)
    for value in (f"{number} {seal}", f"{number}0 {seal}", number, ""):
        forger = Client(REMOTE_ADDR=ELSEWHERE)
        forger.cookies[KNOWN_BROWSER] = value
        assert not try_password(forger, PASSWORD)


def as_header(client: Client) -> str:
    return f"{KNOWN_BROWSER}={client.cookies[KNOWN_BROWSER].coded_value}"


def ask_for_link(email: str, **more: Any) -> Any:
    return Client().post(RESET, {"email": email}, follow=True, **more)


def told(answer: Any) -> tuple[int, str]:
    """Status and words, without what is new in every answer."""
    hidden = re.sub(r'(value=|X-CSRFToken": )"[^"]{32,}"', "", answer.content.decode())
    return answer.status_code, hidden


def test_links_to_one_person_are_limited_and_strangers_are_told_the_same(ann: User) -> None:
    seen = {"ann@example.org": [], "nobody@example.org": []}
    for email, answers in seen.items():
        for n in range(7):
            answers.append(told(ask_for_link(email, **from_everywhere(n))))
    assert seen["ann@example.org"] == seen["nobody@example.org"]
    assert [status for status, _ in seen["ann@example.org"]] == [200] * 5 + [429] * 2
    assert [sent.to for sent in mail.outbox].count(["ann@example.org"]) == 5
    assert "Wait five minutes" in seen["ann@example.org"][-1][1]


def test_links_that_one_network_asks_for_are_limited(ann: User) -> None:
    asked = [ask_for_link(f"person{n}@example.org").status_code for n in range(21)]
    assert asked == [200] * 20 + [429]
    assert ask_for_link("ann@example.org", REMOTE_ADDR=ELSEWHERE).status_code == 200


def test_a_closed_account_is_told_from_none_by_nothing(ann: User) -> None:
    User.objects.filter(pk=ann.pk).update(is_active=False)
    closed, none = ask_for_link("ann@example.org"), ask_for_link("nobody@example.org")
    assert told(closed) == told(none)
    first, second = mail.outbox
    assert first.body == second.body
    assert "no account" in first.body


def test_every_wrong_log_in_is_told_the_same(ann: User) -> None:
    person("closed@example.org")
    User.objects.filter(email="closed@example.org").update(is_active=False)
    User.objects.create_user("new@example.org")  # who has set no password yet
    answers = set()
    for email in ("ann", "nobody", "closed", "new"):
        sent = {"login": f"{email}@example.org", "password": "not the password"}
        page = told(Client().post(LOGIN, sent))
        answers.add((page[0], page[1].replace(f"{email}@", "…@")))
    assert len(answers) == 1


def links_in_mail() -> list[str]:
    return [link for sent in mail.outbox for link in re.findall(r"https?://\S+", sent.body)]


def test_links_name_the_site_whatever_host_the_request_named(ann: User, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["reviews.example.org", "localhost"]
    settings.SITE_URL = "https://reviews.example.org"
    for host in ("reviews.example.org:8443", "localhost", "reviews.example.org"):
        ask_for_link("ann@example.org", HTTP_HOST=host, HTTP_X_FORWARDED_HOST="evil.example")
        ask_for_link("nobody@example.org", HTTP_HOST=host)
    links = links_in_mail()
    assert len(links) == 3
    assert all(link.startswith("https://reviews.example.org/accounts/") for link in links)
    assert not [sent for sent in mail.outbox if "localhost" in sent.body or "8443" in sent.body]


def test_a_host_that_is_not_ours_gets_no_page(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["reviews.example.org"]
    assert Client().get(LOGIN, HTTP_HOST="evil.example").status_code == 400


@pytest.mark.parametrize(
    "to",
    [
        "//evil.example", "https:evil.example", "https://evil.example/", r"\\evil.example",
        r"/\evil.example", "javascript:alert(1)", "///evil.example", "http:///evil.example",
        "//localhost/", "data:text/html,x", " //evil.example", "\t//evil.example",
    ],
)  # fmt: skip
def test_nobody_is_led_away_by_a_log_in_or_log_out(ann: User, to: str) -> None:
    client = Client()
    sent = {"login": "ann@example.org", "password": PASSWORD, "next": to}
    assert client.post(f"{LOGIN}?next={to}", sent)["Location"] == "/"
    assert client.post("/accounts/logout/", {"next": to})["Location"] == LOGIN


def test_after_the_log_in_a_person_is_where_they_wanted(ann: User) -> None:
    where = "/r/ldn/screen/title_abstract/"
    sent = {"login": "ann@example.org", "password": PASSWORD, "next": where}
    assert Client().post(LOGIN, sent)["Location"] == where


CLOSED = ("email/", "confirm-email/", "confirm-email/MQ:1:x/", "login/code/", "login/code/confirm/",
          "social/signup/", "3rdparty/", "sessions/", "2fa/webauthn/", "")  # fmt: skip


@pytest.mark.parametrize("path", CLOSED)
def test_no_page_of_an_account_is_open_that_is_not_meant(ann: User, path: str) -> None:
    client = Client()
    client.force_login(ann)
    sent = {"email": "bo@example.org", "action_add": "", "action_primary": ""}
    assert client.get(f"/accounts/{path}").status_code == 404
    assert client.post(f"/accounts/{path}", sent).status_code == 404
    assert list(EmailAddress.objects.values_list("email", flat=True)) == ["ann@example.org"]
    with pytest.raises(NoReverseMatch):
        reverse("account_email")


def send_links(client: Client, who: Team, membership: Membership, times: int) -> str:
    address = reverse("site:member_link", args=[who.review.slug, membership.pk])
    answers = [client.post(address, follow=True) for _ in range(times)]
    return str(answers[-1].content.decode())


def test_one_person_is_not_flooded_with_invitations(settings: Any) -> None:
    settings.MAIL_IS_SENT = True
    who = team()
    client = Client()
    client.force_login(who.lead)
    sent = {"email": "cleo@example.org", "name": "Cleo", "roles": ["observer"]}
    client.post(reverse("site:member_add", args=[who.review.slug]), sent)
    cleo = Membership.objects.get(user__email="cleo@example.org")
    assert "was sent to cleo" in send_links(client, who, cleo, 4)
    assert "several links within the hour" in send_links(client, who, cleo, 2)
    assert len(mail.outbox) == 5
    assert Event.objects.filter(what="sent a link to set a password").count() == 5
