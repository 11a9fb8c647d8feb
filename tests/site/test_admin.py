"""The site admin's administration: what it offers, what it logs, and what it never shows."""

from __future__ import annotations

import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib import admin
from django.core import mail
from django.test import Client
from django.urls import reverse
from django_celery_beat.models import CrontabSchedule, IntervalSchedule, PeriodicTask

from review.models import Event, Job, Membership, Review, Search, User
from tests.factories import reports, search, vote
from tests.people import PASSWORD, Team, team
from tests.plugins.browser import OpenPage

NEW = "a new and long password"


@pytest.fixture
def who(db: None) -> Team:
    return team()


@pytest.fixture
def client(who: Team) -> Client:
    """The site admin's browser."""
    client = Client()
    client.force_login(who.admin)
    return client


def addresses() -> dict[str, str]:
    """Every page of the admin by name: lists, forms to add and to change one row of each."""
    found = {"index": reverse("admin:index")}
    for model in admin.site._registry:
        name = f"{model._meta.app_label}_{model._meta.model_name}"
        found[f"{name} list"] = reverse(f"admin:{name}_changelist")
        found[f"{name} add"] = reverse(f"admin:{name}_add")
        if row := model._default_manager.first():
            found[f"{name} change"] = reverse(f"admin:{name}_change", args=[row.pk])
    return found


def furnish(who: Team) -> None:
    """One row of each kind that the admin shows, and votes that it must not show."""
    found = search(who.review)
    one, *_ = reports(found, 2)
    vote(who.ann, one, "exclude")
    Job.objects.create(review=who.review, task="t", subject="A job", key="k", token="secret-token")
    every_week, _ = IntervalSchedule.objects.get_or_create(every=7, period="days")
    CrontabSchedule.objects.get_or_create(hour="3", minute="0")
    PeriodicTask.objects.create(name="refresh", task="review.tasks.refresh_search",
                                interval=every_week, args=f"[{found.pk}]")  # fmt: skip


def shown(answer: Any) -> str:
    """The words of the messages on a page."""
    found = re.findall(r'<li class="(?:success|info|warning|error)">(.*?)</li>',
                       answer.content.decode(), re.DOTALL)  # fmt: skip
    return " ".join(found)


def log_in_with(email: str, password: str) -> bool:
    client = Client()
    client.post(reverse("account_login"), {"login": email, "password": password})
    return "_auth_user_id" in client.session


def events(what: str) -> list[tuple[Any, str, Any, Any]]:
    rows = Event.objects.filter(what=what).select_related("actor")
    return [(event.actor, event.subject, event.old, event.new) for event in rows]


def test_the_admin_offers_these_tables_and_no_table_with_votes() -> None:
    assert {model._meta.label for model in admin.site._registry} == {
        "review.User",
        "review.Review",
        "review.Search",
        "review.Job",
        "django_celery_beat.PeriodicTask",
        "django_celery_beat.IntervalSchedule",
        "django_celery_beat.CrontabSchedule",
        "django_celery_beat.ClockedSchedule",
    }


def test_every_page_opens_for_a_site_admin_and_tells_no_vote(who: Team, client: Client) -> None:
    furnish(who)
    read_only = {"review_search add", "review_job add"}
    for name, where in addresses().items():
        answer = client.get(where)
        assert answer.status_code == (403 if name in read_only else 200), name
        text = answer.content.decode()
        assert "screening_" not in text
        assert "secret-token" not in text


@pytest.mark.parametrize("person", ["lead", "ann", "adjudicator", "observer", "stranger", None])
def test_nobody_else_gets_in(who: Team, person: str | None) -> None:
    furnish(who)
    client = Client()
    if person:
        client.force_login(getattr(who, person))
    for name, where in addresses().items():
        answer = client.get(where, follow=True)
        assert "Winnow site administration" not in answer.content.decode(), name
        assert client.post(where).status_code in (302, 403), name


def add_user(client: Client, **more: str) -> Any:
    values = {"email": "Cleo@example.org", "name": "Cleo", "is_active": "on"} | more
    return client.post(reverse("admin:review_user_add"), values, follow=True)


def test_a_new_account_gets_a_link_that_sets_a_password(who: Team, client: Client) -> None:
    page = add_user(client)
    (link,) = re.findall(r"https?://\S+", shown(page))
    form = Client().get(link, follow=True)
    browser = Client()
    form = browser.get(link, follow=True)
    where = form.redirect_chain[-1][0]
    browser.post(where, {"password1": NEW, "password2": NEW})
    assert log_in_with("cleo@example.org", NEW)
    made = {"name": "Cleo", "site admin": False}
    assert events("made an account")[-1] == (who.admin, "cleo@example.org", None, made)
    assert events("was shown a link") == [(who.admin, "cleo@example.org", None, None)]


def test_with_mail_the_link_of_a_new_account_is_sent(
    who: Team, client: Client, settings: Any
) -> None:
    settings.MAIL_IS_SENT = True
    page = add_user(client)
    assert "http" not in shown(page)
    assert [sent.to for sent in mail.outbox] == [["cleo@example.org"]]


def test_a_lost_link_can_be_made_again_but_only_without_a_password(
    who: Team, client: Client
) -> None:
    add_user(client)
    cleo = User.objects.get(email="cleo@example.org")
    chosen = {"action": "make_links", "_selected_action": [cleo.pk, who.ann.pk]}
    words = shown(client.post(reverse("admin:review_user_changelist"), chosen, follow=True))
    assert len(re.findall(r"https?://", words)) == 1
    assert "Ann has a password" in words


def change(client: Client, user: User, **more: str) -> Any:
    values = {"email": user.email, "name": user.name, "is_active": "on"} | more
    return client.post(reverse("admin:review_user_change", args=[user.pk]), values)


def test_a_changed_address_is_the_one_to_log_in_with(who: Team, client: Client) -> None:
    change(client, who.ann, email="Ann.New@example.org")
    assert log_in_with("ann.new@example.org", PASSWORD)
    assert not log_in_with("ann@example.org", PASSWORD)
    assert list(EmailAddress.objects.filter(user=who.ann).values_list("email", "verified")) == [
        ("ann.new@example.org", True)
    ]
    ((actor, subject, old, new),) = events("changed an account")
    assert (actor, subject) == (who.admin, "ann@example.org")
    assert (old["email"], new["email"]) == ("ann@example.org", "ann.new@example.org")


def test_a_closed_account_is_out_at_once_and_keeps_its_votes(who: Team, client: Client) -> None:
    one, _ = reports(search(who.review), 2)
    mine = vote(who.ann, one, "include")
    hers = Client()
    hers.force_login(who.ann)
    values = {"email": who.ann.email, "name": who.ann.name}
    client.post(reverse("admin:review_user_change", args=[who.ann.pk]), values)
    assert hers.get(reverse("site:home", args=[who.review.slug])).status_code == 302
    assert not log_in_with("ann@example.org", PASSWORD)
    mine.refresh_from_db()
    assert mine.actor == who.ann


def test_making_somebody_a_site_admin_is_logged(who: Team, client: Client) -> None:
    change(client, who.bo, is_superuser="on")
    who.bo.refresh_from_db()
    assert (who.bo.is_staff, who.bo.is_superuser) == (True, True)
    ((_, _, old, new),) = events("changed an account")
    assert (old["site admin"], new["site admin"]) == (False, True)


def test_saving_an_account_unchanged_logs_nothing(who: Team, client: Client) -> None:
    change(client, who.bo)
    assert events("changed an account") == []


@pytest.mark.parametrize("kind", ["user", "review", "search", "job"])
def test_nothing_is_deleted(who: Team, client: Client, kind: str) -> None:
    furnish(who)
    row = {"user": who.ann, "review": who.review}.get(kind)
    row = row or {"search": Search, "job": Job}[kind].objects.get()
    where = reverse(f"admin:review_{kind}_delete", args=[row.pk])
    assert client.post(where, {"post": "yes"}).status_code == 403
    assert type(row).objects.filter(pk=row.pk).exists()


def test_a_new_review_has_its_stages_and_its_first_lead(who: Team, client: Client) -> None:
    values = {"title": "Statins", "slug": "statins", "lead": who.stranger.pk}
    client.post(reverse("admin:review_review_add"), values)
    review = Review.objects.get(slug="statins")
    assert review.stages.count() == 2
    (first,) = Membership.objects.filter(review=review)
    assert (first.user, first.role_names) == (who.stranger, ["lead"])
    assert events("created the review")[-1][:2] == (who.admin, "Statins")


@pytest.mark.parametrize("slug", ["ldn", "12", "Capitals", "a/b", ""])
def test_a_short_name_that_cannot_be_an_address_is_refused(
    who: Team, client: Client, slug: str
) -> None:
    values = {"title": "Statins", "slug": slug, "lead": who.lead.pk}
    answer = client.post(reverse("admin:review_review_add"), values)
    assert answer.status_code == 200
    assert answer.context["errors"]
    assert Review.objects.count() == 1


def test_a_new_title_is_logged_and_the_short_name_stays(who: Team, client: Client) -> None:
    where = reverse("admin:review_review_change", args=[who.review.pk])
    management = {"memberships-TOTAL_FORMS": "0", "memberships-INITIAL_FORMS": "0"}
    client.post(where, {"title": "LDN for pain", "slug": "other", **management})
    who.review.refresh_from_db()
    assert (who.review.title, who.review.slug) == ("LDN for pain", "ldn")
    ((actor, _, old, new),) = events("changed the question")
    assert actor == who.admin
    assert (old["title"], new["title"]) == (
        "Low-dose naltrexone for chronic pain",
        "LDN for pain",
    )


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_no_page_of_the_admin_breaks_the_policy(page_for: OpenPage, transactional_db: None) -> None:
    """``page_for`` fails when a script raises or the policy blocks something."""
    who = team()
    furnish(who)
    page = page_for(who.admin)
    for name, where in addresses().items():
        page.goto(where)
        page.wait_for_load_state("networkidle")
        if name not in ("review_search add", "review_job add"):
            assert page.locator("#site-name").count() == 1, name
    page.goto(reverse("admin:review_review_add"))
    page.locator("#id_title").press_sequentially("Low dose & pain")
    assert page.locator("#id_slug").input_value() == "low-dose-pain"
