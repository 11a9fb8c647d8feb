"""One-time links with which a new person sets a password."""

from __future__ import annotations

from smtplib import SMTPException

from allauth.account.adapter import get_adapter
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.core import ratelimit
from django.conf import settings
from django.core.mail import send_mail
from django.http import HttpRequest

from review.errors import MailNotSent, TooOften
from review.models import Review, User
from review.services.log import log


def one_time_link(request: HttpRequest, user: User) -> str:
    """A link that sets a password once; it dies with its use and after three days."""
    key = f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"
    return str(get_adapter(request).get_reset_password_from_key_url(key))


def invite(request: HttpRequest, user: User, *, review: Review | None = None) -> str:
    """Mail the link; without mail give it, to be shown to whoever made the account.

    Either is logged, without the link: it is as good as a password. Raises MailNotSent when the
    mail server does not take it, TooOften when it took several to this person just now.
    """
    link = one_time_link(request, user)
    if settings.MAIL_IS_SENT:
        _refuse_a_flood(request, user)
        _send(user, link)
    how = "sent a link to set a password" if settings.MAIL_IS_SENT else "was shown a link"
    actor = request.user if isinstance(request.user, User) else None
    log(review=review, actor=actor, what=how, subject=user.email)
    return "" if settings.MAIL_IS_SENT else link


def _refuse_a_flood(request: HttpRequest, user: User) -> None:
    if not ratelimit.consume(request, action="invite", user=request.user, key=user.email):
        raise TooOften(
            f"{user.email} was sent several links within the hour. Ask them to look in the spam "
            "folder, and make another link later. The account is made."
        )


def _send(user: User, link: str) -> None:
    text = f"You were added to Winnow.\n\nSet your password here:\n{link}\n\n"
    text += "The link works once, for three days.\n"
    try:
        send_mail("Your account for a systematic review", text, None, [user.email])
    except (SMTPException, OSError) as error:
        raise MailNotSent(
            f"The mail server did not take the mail to {user.email}. The account is made; have "
            "EMAIL_URL checked, then make another link for it."
        ) from error
