"""Answering an alert: what was done about a retraction or an expression of concern."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from review.errors import Incomplete, Stale
from review.models import Alert, User
from review.services.log import log


@transaction.atomic
def acknowledge_alert(*, alert: Alert, done: str, actor: User) -> None:
    """Note what was done; the alert is answered from then on, the report stays where it is.

    Raises Incomplete without words, Stale when somebody answered it in the meantime.
    """
    if not done.strip():
        raise Incomplete("Say what was done, even if it is \u201cNothing had to change\u201d.")
    answered = {"done": done.strip(), "acknowledged_by": actor, "acknowledged_at": timezone.now()}
    waiting = Alert.objects.filter(pk=alert.pk, acknowledged_at=None)
    if not waiting.update(**answered):
        raise Stale("Somebody answered this alert in the meantime. Read the answer below.")
    log(
        review=alert.review,
        actor=actor,
        what="answered an alert",
        subject=str(alert),
        old=alert.words,
        new=done.strip(),
    )
