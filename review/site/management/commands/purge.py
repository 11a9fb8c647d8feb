"""``manage.py purge REVIEW``: delete a review for good, after its name was typed once more."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from review.errors import ReviewError
from review.models import Purge, Review, User
from review.site.find import find_review
from review.site.purge import purge_review, remove_files, rows_of


class Command(BaseCommand):
    """Shows what would go, asks for the short name, deletes, and says what stays."""

    help = "Delete a review with its records, votes, files and history. It cannot be taken back."

    def add_arguments(self, parser: CommandParser) -> None:
        """REVIEW is a slug."""
        parser.add_argument("review", help="the short name of the review")
        parser.add_argument("--by", required=True, help="e-mail address of the site admin")
        parser.add_argument("--reason", required=True, help="why; it is kept for good")

    def handle(self, *args: Any, **options: Any) -> None:
        """Ask and delete; for a review that is deleted already, remove what files it left."""
        slug = options["review"]
        earlier = Purge.objects.filter(slug=slug).order_by("-pk").first()
        if earlier is not None and not Review.objects.filter(slug=slug).exists():
            self.stdout.write(f"{slug} is deleted already.")
            return self._files(earlier)
        review = find_review(slug)
        actor = User.objects.filter(email=options["by"].strip().lower()).first()
        if actor is None:
            raise CommandError(f"There is no account with the address {options['by']}.")
        self._confirm(review)
        try:
            purge = purge_review(review=review, actor=actor, reason=options["reason"])
        except ReviewError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Deleted {review.slug}. Who, when and why is kept (purge {purge.pk}).")
        self._files(purge)

    def _confirm(self, review: Review) -> None:
        self.stdout.write(f"“{review.title}” ({review.slug}) would be deleted for good:")
        for rows in rows_of(review):
            if n := rows.count():
                self.stdout.write(f"  {n:,} {rows.model._meta.verbose_name_plural}")
        self.stdout.write("Make a backup first if anybody may ever ask for it.")
        if input("Type the short name of the review to delete it: ").strip() != review.slug:
            raise CommandError("That is not its short name. Nothing was deleted.")

    def _files(self, purge: Purge) -> None:
        left = remove_files(purge)
        for path in left:
            self.stdout.write(f"Could not be removed: {path}")
        if left:
            raise CommandError("Remove these files, or run this command again.")
        self.stdout.write(f"Its files are removed: {len(purge.files)}.")
