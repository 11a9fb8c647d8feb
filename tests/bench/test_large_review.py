"""The review that is measured is one that the product could have made."""

import pytest

from review.models import Position, Report
from review.site.audit import differences
from screening.models import Standing
from tests.bench.large_review import large_review


@pytest.mark.long
@pytest.mark.django_db
def test_audit_finds_nothing_in_the_review_that_is_measured() -> None:
    large = large_review(1_000)
    assert list(differences(large.review)) == []
    assert Standing.objects.filter(status="conflict").count() == 20
    assert Standing.objects.filter(status="pending").count() == 50
    assert Report.objects.filter(position=Position.SOUGHT).count() == 30
