"""``manage.py audit REVIEW``: replay a review's history and compare everything derived from it."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from review.site.audit import differences
from review.site.find import find_review


class Command(BaseCommand):
    """Prints every difference and exits with 1 if there is one."""

    help = "Replay a review's history; print differences and exit 1 if there is one."

    def add_arguments(self, parser: CommandParser) -> None:
        """REVIEW is a slug or an id."""
        parser.add_argument("review")

    def handle(self, *args: Any, **options: Any) -> None:
        """Audit one review."""
        found = find_review(options["review"])
        wrong = list(differences(found))
        for sentence in wrong:
            self.stdout.write(sentence)
        if wrong:
            self.stdout.write(f"{len(wrong)} differences in {found.slug}.")
            sys.exit(1)
        self.stdout.write(f"{found.slug}: the history, the positions and the counts agree.")
