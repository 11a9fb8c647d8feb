"""The loaders of extraction: each gives what belongs to this review, or a 404.

Roles are review's: whoever may work there may appraise and extract. An assessment is written by
its assessor alone; every member of the review may read it.
"""

from __future__ import annotations

from django.http import Http404

from extraction.models import Assessment, Result
from review.access import Access


def get_result(access: Access, pk: int) -> Result:
    """A result of one of this review's studies."""
    row = Result.objects.of(access.review).filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


def get_assessment(access: Access, pk: int) -> Assessment:
    """An assessment of one of this review's results, to read."""
    row = Assessment.objects.of(access.review).filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


def get_own_assessment(access: Access, pk: int) -> Assessment:
    """An assessment to write in: 403 to everybody but the assessor."""
    row = get_assessment(access, pk)
    access.require(row.assessor_id == access.user.pk)
    return row
