"""The block index: by which keys possible duplicates of a record are found."""

from __future__ import annotations

from django.db import models

from review.querysets.keys import BlockKeyQuerySet


class BlockKey(models.Model):
    """One key of one record, "doi:10.1002/art.37734"; records that share one are compared.

    A projection of the record's current text, ``revision``, through ``review.dedupe.keys``.
    """

    review = models.ForeignKey("review.Review", models.CASCADE, related_name="+", db_index=False)
    record = models.ForeignKey(
        "review.Record", models.CASCADE, related_name="block_keys", db_index=False
    )
    revision = models.ForeignKey(
        "review.Revision", models.CASCADE, related_name="+", db_index=False
    )
    value = models.CharField("kind and value", max_length=120)

    objects = BlockKeyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["record", "value"], name="block_key_once_per_record")
        ]
        indexes = [models.Index(fields=["review", "value"], name="records_by_block_key")]

    def __str__(self) -> str:
        return self.value
