"""What a browser may do with our pages, and how often somebody may guess a password."""

from typing import Any, NoReturn

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client

from review.services.retrieval import LARGEST_PDF
from review.site import home
from tests.headers import wrong_headers
from tests.people import PASSWORD, person

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"


@pytest.fixture
def ann() -> Client:
    """The browser of somebody who is logged in and in no review."""
    client = Client(raise_request_exception=False)
    client.force_login(person("ann@example.org"))
    return client


@pytest.mark.parametrize(
    ("path", "status"), [(LOGIN, 200), ("/no/such/page", 404), ("/", 302), ("/healthz", 200)]
)
def test_every_answer_carries_the_headers(path: str, status: int) -> None:
    answer = Client().get(path)
    assert (answer.status_code, wrong_headers(answer)) == (status, [])


def test_a_refusal_carries_them_too(ann: Client) -> None:
    refused = {
        400: Client().get(LOGIN, HTTP_HOST="evil.example"),
        403: Client(enforce_csrf_checks=True).post(LOGIN),
        404: ann.get("/r/ldn/"),
        405: ann.delete("/"),
        413: Client().post(LOGIN, CONTENT_LENGTH="9999999999"),
    }
    assert {status: answer.status_code for status, answer in refused.items()} == {
        status: status for status in refused
    }
    assert not [wrong for answer in refused.values() for wrong in wrong_headers(answer)]


def test_an_error_on_our_side_tells_nothing_of_it(
    ann: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> NoReturn:
        raise RuntimeError("SELECT secret FROM review_user")

    monkeypatch.setattr(home, "render", broken)
    answer = ann.get("/")
    assert (answer.status_code, wrong_headers(answer)) == (500, [])
    for word in ("SELECT", "RuntimeError", "Traceback", str(settings.BASE_DIR)):
        assert word not in answer.content.decode()


def test_files_of_the_site_itself_carry_the_policy_too() -> None:
    order = settings.MIDDLEWARE
    whitenoise = order.index("whitenoise.middleware.WhiteNoiseMiddleware")
    assert order.index("csp.middleware.CSPMiddleware") < whitenoise
    assert order.index("review.site.middleware.no_store") > whitenoise


def sent(client: Client, size: int | str) -> int:
    """Status of a form that says that it is so large; the rest of it is never asked for."""
    return int(client.post(LOGIN, {"login": "x"}, CONTENT_LENGTH=str(size)).status_code)


def test_what_is_too_large_is_refused_before_it_is_read(ann: Client) -> None:
    assert LARGEST_PDF < settings.LARGEST_REQUEST
    assert sent(ann, settings.LARGEST_REQUEST + 1) == 413
    assert sent(ann, "9" * 5000) == 413
    page = ann.post(LOGIN, CONTENT_LENGTH=str(settings.LARGEST_REQUEST + 1)).content.decode()
    assert "nothing of it was read" in page


def test_a_stranger_sends_nothing_large(ann: Client) -> None:
    assert sent(Client(), 3_000_000) == 413
    assert sent(Client(), "many") == 413
    assert sent(ann, 3_000_000) != 413


def log_in(email: str, password: str) -> Client:
    client = Client()
    client.post(LOGIN, {"login": email, "password": password})
    return client


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_after_five_wrong_guesses_even_the_right_password_waits() -> None:
    cache.clear()
    person("ann@example.org")
    assert is_in(log_in("ann@example.org", PASSWORD))
    for n in range(5):
        assert not is_in(log_in("ann@example.org", f"guess {n}"))
    assert not is_in(log_in("ann@example.org", PASSWORD))


def test_an_account_cannot_be_made_from_outside() -> None:
    answer = Client().post(
        "/accounts/signup/",
        {"email": "eve@example.org", "password1": PASSWORD, "password2": PASSWORD},
    )
    assert answer.status_code == 200
    assert not is_in(log_in("eve@example.org", PASSWORD))


def test_the_first_account_is_made_in_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    call_command("createsuperuser", "--noinput", email="first@example.org", verbosity=0)
    assert is_in(log_in("first@example.org", PASSWORD))
