"""``manage.py prisma REVIEW --format json|svg``: the diagram of a review now."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from review.prisma import diagram
from review.site.find import find_review
from review.site.flow import flow_of
from review.site.home import label_of


class Command(BaseCommand):
    """Prints the PRISMA 2020 counts as JSON, or the diagram as SVG."""

    help = "Print the PRISMA 2020 flow of a review as JSON or SVG."

    def add_arguments(self, parser: CommandParser) -> None:
        """REVIEW is a slug or an id."""
        parser.add_argument("review")
        parser.add_argument("--format", choices=("json", "svg"), default="json")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print."""
        found = find_review(options["review"])
        flow = flow_of(found)
        if options["format"] == "svg":
            self.stdout.write(str(diagram(flow.counts, label=label_of(found), pairs=flow.pairs)))
        else:
            self.stdout.write(json.dumps(flow.as_json(), indent=2, ensure_ascii=False))
