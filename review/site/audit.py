"""All audits of one review: each stage's history, and the diagram's equations."""

from __future__ import annotations

from collections.abc import Iterator

import extraction.audit
import review.audit
import screening.audit
from review.models import Review
from review.site.flow import counts_of


def differences(found: Review) -> Iterator[str]:
    """Sentences, one per difference between what happened and what the pages show."""
    yield from review.audit.differences(found)
    yield from screening.audit.differences(found)
    yield from extraction.audit.differences(found)
    for equation in counts_of(found).equations:
        if not equation.holds:
            yield f"PRISMA {equation.name} does not hold: {equation.text}"
