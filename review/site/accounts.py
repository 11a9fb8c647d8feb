"""How allauth behaves here: nobody signs up, and the address of the site is the one configured."""

from __future__ import annotations

import secrets
from typing import Any
from urllib.parse import quote

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.http import url_has_allowed_host_and_scheme

from review.models import User

KNOWN_BROWSER = "known_browser"
KNOWN_FOR = 365 * 24 * 3600  # seconds


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Closed sign-up, links to SITE_URL alone, and log-ins that nobody can block for others."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def get_reset_password_from_key_url(self, key: str) -> str:
        """The link of a mail; a Host header cannot lead it elsewhere."""
        names = {"uidb36": "UID", "key": "KEY"}
        path = reverse("account_reset_password_from_key", kwargs=names)
        return settings.SITE_URL + path.replace("UID-KEY", quote(key))

    def is_safe_url(self, url: str | None) -> bool:
        """Whether somebody may be sent there after a log-in: to this very site."""
        return url_has_allowed_host_and_scheme(
            url, {self.request.get_host()}, require_https=self.request.is_secure()
        )

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """What wrong passwords are counted by, besides the network that they come from.

        All browsers from which nobody has logged in to an account share one count for it. One
        that its owner used before has its own, so that a stranger's guesses cannot keep the owner
        out (OWASP, "device cookies").
        """
        login = str(credentials.get("email") or credentials.get("username") or "").lower()
        return f"{login} {_browser(request, login)}"

    def post_login(self, request: HttpRequest, user: User, **more: Any) -> HttpResponse:
        """Go on, and let this browser be known as one of the owner's."""
        answer: HttpResponse = super().post_login(request, user, **more)
        if not _browser(request, user.email):
            number = secrets.token_hex(8)
            answer.set_cookie(
                KNOWN_BROWSER,
                f"{number} {_seal(number, user.email)}",
                max_age=KNOWN_FOR,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        return answer


def _browser(request: HttpRequest, login: str) -> str:
    """The number of this browser if somebody has logged in from it as ``login``, else nothing."""
    number, _, seal = request.COOKIES.get(KNOWN_BROWSER, "").partition(" ")
    return number if constant_time_compare(seal, _seal(number, login)) else ""


def _seal(number: str, login: str) -> str:
    return salted_hmac(KNOWN_BROWSER, f"{number} {login.lower()}", algorithm="sha256").hexdigest()
