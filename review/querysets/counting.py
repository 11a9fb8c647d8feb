"""Counting the rows of several queries in one statement, for pages that show many numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import F, Func, Subquery

if TYPE_CHECKING:
    from review.models import Review


def count_of(rows: models.QuerySet[Any]) -> Subquery:
    """The number of rows as a scalar subquery; an ordinary aggregate would group them."""
    counted = rows.order_by().annotate(n=Func(F("pk"), function="COUNT")).values("n")
    return Subquery(counted, models.IntegerField())


def counts(review: Review, **rows: models.QuerySet[Any]) -> dict[str, int]:
    """The number of rows of each query, by name; ``review`` only gives the statement its row."""
    asked = [count_of(each) for each in rows.values()]
    found = type(review).objects.filter(pk=review.pk).values_list(*asked).get()
    return dict(zip(rows, found, strict=True))
