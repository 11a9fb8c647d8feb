"""Completing by hand what a source could not give."""

from __future__ import annotations

from dataclasses import replace

from django.db import transaction

from review.citation import Citation
from review.errors import Incomplete, Stale
from review.models import Record, User
from review.services.duplicates import match_records
from review.services.flow import lock_reports
from review.services.log import log
from review.services.records import Text, store_texts


@transaction.atomic
def complete_by_hand(*, record: Record, citation: Citation, actor: User) -> None:
    """Give a record without text the text that a person typed, as a revision without a run.

    The record keeps its identifier, and its PMID when the form names none. Raises Incomplete
    without a title, Stale when the text has arrived in the meantime.
    """
    if not citation.title.strip():
        raise Incomplete("A report needs at least a title.")
    lock_reports([record.report_id])
    record.refresh_from_db()
    if record.current_id is not None:
        raise Stale("This record has a text by now. Look at it before you change anything.")
    pmid = citation.pmid or record.pmid
    text = Text(replace(citation, identifier=record.identifier, pmid=pmid))
    stored = store_texts(search=record.search, texts=[text], run=None)
    log(
        review=record.review,
        actor=actor,
        what="completed a record by hand",
        subject=record.identifier,
        new=text.citation.title,
    )
    match_records(stored.first)
