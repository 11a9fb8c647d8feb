"""The page behind a one-time link, where a person sets a password."""

from __future__ import annotations

from typing import Any

from allauth.account.utils import url_str_to_user_pk
from allauth.account.views import PasswordResetFromKeyView
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator

from review.models import User

GONE = "gone"  # a key that opens nothing


@method_decorator(login_not_required, name="dispatch")
class OneTimeLink(PasswordResetFromKeyView):  # type: ignore[misc]
    """allauth's page; a link that was used, is too old or never was one is gone: 410."""

    def dispatch(self, request: HttpRequest, uidb36: str, key: str, **more: Any) -> HttpResponse:
        """Show the form to the person it was made for; a closed account has no link."""
        known = key if _is_open(uidb36) else GONE
        answer: HttpResponse = super().dispatch(request, uidb36, known, **more)
        return answer

    def render_to_response(self, context: dict[str, Any], **more: Any) -> HttpResponse:
        """The form, or word that the link works no more."""
        status = 410 if context.get("token_fail") else 200
        answer: HttpResponse = super().render_to_response(context, status=status, **more)
        return answer


def _is_open(uidb36: str) -> bool:
    """Whether the person that a link names has an account in use."""
    try:
        return User.objects.filter(pk=url_str_to_user_pk(uidb36), is_active=True).exists()
    except ValueError:
        return False
