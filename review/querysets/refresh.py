"""What runs found about known records, notices about them, and alerts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Case, Count, F, Q, When

if TYPE_CHECKING:
    from review.models import (  # noqa: F401
        Alert,
        Finding,
        LinkedNotice,
        Report,
        Review,
        SearchRun,
    )


class FindingQuerySet(models.QuerySet["Finding"]):
    """Findings."""

    def of_run(self, run: SearchRun) -> FindingQuerySet:
        """What a run found, decided reports first, then in order of arrival."""
        decided = Case(
            When(_decided("record__report__"), then=True),
            default=False,
            output_field=models.BooleanField(),
        )
        return (
            self.filter(run=run)
            .annotate(is_decided=decided)
            .select_related("record__report__face", "record__search", "revision")
            .select_related("record__report__survivor", "other__report__survivor")
            .defer("record__report__face__raw", "revision__raw")
            .order_by("-is_decided", "record__report__place", "pk")
        )

    def counted(self) -> dict[str, int]:
        """Count by kind."""
        return dict(self.order_by().values_list("kind").annotate(n=Count("pk")))

    def about_texts(self) -> FindingQuerySet:
        """Findings that a newer text of a known record gave."""
        from review.models.refresh import TEXT_KINDS

        return self.filter(kind__in=TEXT_KINDS).exclude(record__first_run=F("run"))


class NoticeQuerySet(models.QuerySet["LinkedNotice"]):
    """Notices about records."""

    def about(self, report: Report) -> NoticeQuerySet:
        """Notices about a report's live records, each document once."""
        mine = self.filter(record__report=report, record__withdrawn_at=None)
        once = mine.order_by().values("pmid", "kind").annotate(first=models.Min("pk"))
        return self.filter(pk__in=once.values("first")).order_by("pk")

    def unfetched(self, review: Review) -> NoticeQuerySet:
        """Notices whose own text is not there yet."""
        return self.filter(record__review=review, data__isnull=True).order_by("pk")


class AlertQuerySet(models.QuerySet["Alert"]):
    """Alerts."""

    def of(self, review: Review) -> AlertQuerySet:
        """Alerts about screened reports, the newest first.

        One about a report that still awaits votes waits with it: whoever votes reads the notice
        in its text, and nobody can tell from an alert that a colleague voted. One that was there
        on arrival counts once a full text is sought.
        """
        from review.models.flow import FROM_SOUGHT_ON

        later = Q(on_arrival=False) | Q(record__report__position__in=FROM_SOUGHT_ON)
        return (
            self.filter(_decided("record__report__"), later, review=review)
            .select_related("record__report__face", "record__report__study", "acknowledged_by")
            .defer("record__report__face__raw")
            .order_by("-pk")
        )

    def open(self) -> AlertQuerySet:
        """Alerts that nobody has answered."""
        return self.filter(acknowledged_at=None)


def _decided(path: str) -> Q:
    """That a report was decided by people: it stands behind title and abstract."""
    from review.models.flow import DECIDED

    return Q(**{f"{path}position__in": DECIDED})
