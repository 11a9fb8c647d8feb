"""``manage.py demo``: load the demo review once, with four people and one password."""

from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from review.models import Review, User
from review.site.demo.load import PEOPLE, SLUG, load_demo


class Command(BaseCommand):
    """Only where the site answers this machine alone: the demo's lead is a site admin."""

    help = 'Load the demo review "Low-dose naltrexone for chronic pain" and print its log-ins.'

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, remember the password in the data folder, print it."""
        if not settings.SITE_IS_LOCAL:
            raise CommandError(
                "The demo has a site admin with a printed password, so it is loaded only while "
                "SITE_URL is an address of this machine."
            )
        if Review.objects.filter(slug=SLUG).exists():
            raise CommandError(f"There is a review {SLUG} already. Nothing was changed.")
        taken = User.objects.filter(email__in=PEOPLE).values_list("email", flat=True)
        if taken:
            raise CommandError(f"These accounts exist already: {', '.join(taken)}.")
        password = f"winnow-{secrets.token_hex(4)}"
        load_demo(password)
        path = settings.ENV.data / "demo-password"
        path.touch(mode=0o600)
        path.write_text(password)
        for line in log_ins():
            self.stdout.write(line)


def log_ins() -> list[str]:
    """The demo's accounts and password, for whoever can read the data folder."""
    path = settings.ENV.data / "demo-password"
    if not path.exists():
        return []
    accounts = ", ".join(PEOPLE)
    return [f"Demo accounts: {accounts}", f"Password of all four: {path.read_text()}"]
