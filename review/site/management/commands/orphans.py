"""``manage.py orphans``: files of full texts that belong to no review, and a way to clear them."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from review.pdfs import orphans


class Command(BaseCommand):
    """Lists them; removes them only when asked to."""

    help = "List stored PDFs that no full text names, left by uploads that were never finished."

    def add_arguments(self, parser: CommandParser) -> None:
        """--clear removes what is listed."""
        parser.add_argument("--clear", action="store_true", help="remove these files")

    def handle(self, *args: Any, **options: Any) -> None:
        """Name each file, and what was done."""
        found = orphans()
        for path in found:
            self.stdout.write(f"{path.name}: {path.stat().st_size:,} bytes")
            if options["clear"]:
                path.unlink(missing_ok=True)
        files = f"{len(found)} file{'' if len(found) == 1 else 's'}"
        if found and not options["clear"]:
            self.stdout.write(f"{files} of uploads that were never finished. Remove with --clear.")
        else:
            self.stdout.write(f"{files} removed." if found else "Every stored PDF has its place.")
