"""What a newer text of a record means: its line in the run's report, its notices, an alert.

A retraction or an expression of concern raises an alert, once per notice; nothing here moves a
report (prisma.md section 3: never removed because it was retracted).
"""

from __future__ import annotations

from django.utils import timezone

from review.citation import Citation, Notice
from review.differences import differences
from review.markup import plain
from review.models import Alert, Finding, LinkedNotice, Record, SearchRun
from review.models.refresh import FindingKind
from review.notices import CORRECTED, FOLLOWED, GRAVITY, INVERSE, arrived, grave, words


def note_text(*, record: Record, before: Citation | None, run: SearchRun | None) -> bool:
    """Note what the current text of a record says that the one ``before`` did not.

    Gives whether a reader can see a difference. A first text makes none, unless the record was
    known for longer and a run brings its text at last.
    """
    revision = record.current
    if revision is None:
        raise ValueError("the record has no text")
    after = revision.citation
    attach_notices(record=record, citation=after)
    new = arrived(before, after)
    raise_alerts(record=record, notices=new, run=run, on_arrival=before is None)
    _tell_subjects(record, after, run)
    is_new = run is None or record.first_run_id == run.pk
    changed = [each.name for each in differences(before, after)] if before else []
    if before is None and not is_new:
        changed = ["text"]
    kind = _kind(new, first=before is None)
    if run is not None and (changed or kind):
        Finding.objects.update_or_create(
            run=run,
            record=record,
            kind=kind or FindingKind.CHANGED,
            defaults={"revision": revision, "fields": changed},
        )
    return bool(changed)


def _kind(new: list[Notice], *, first: bool) -> str:
    """The gravest kind of the notices; a correction of a text that is new here is no news."""
    kinds = [GRAVITY[notice.kind] for notice in new]
    kinds = [kind for kind in kinds if not (first and kind == CORRECTED)]
    return kinds[0] if kinds else ""


def attach_notices(*, record: Record, citation: Citation) -> None:
    """Attach the notices that a text names, their own texts to be fetched by the next run."""
    LinkedNotice.objects.bulk_create(
        [
            LinkedNotice(record=record, kind=notice.kind, pmid=notice.pmid[:12])
            for notice in citation.notices
            if notice.kind in FOLLOWED and notice.pmid
        ],
        ignore_conflicts=True,
    )


def raise_alerts(
    *, record: Record, notices: list[Notice], run: SearchRun | None, on_arrival: bool = False
) -> None:
    """Raise an alert for each retraction and expression of concern; one that is known stays."""
    for notice in notices:
        if GRAVITY[notice.kind] == CORRECTED:
            continue
        Alert.objects.get_or_create(
            review_id=record.review_id,
            pmid=record.pmid or f"#{record.pk}"[:12],
            kind=GRAVITY[notice.kind],
            notice=(notice.pmid or notice.citation)[:200],
            defaults={
                "record": record,
                "words": words(notice)[:400],
                "on_arrival": on_arrival,
                "run": run,
            },
        )


def _tell_subjects(record: Record, notice: Citation, run: SearchRun | None) -> None:
    """A record that is itself a notice: tell the reports of this review that it is about."""
    about = {each.pmid: INVERSE[each.kind] for each in notice.notices if each.kind in INVERSE}
    about.pop("", None)
    if not about or not record.pmid:
        return
    subjects = Record.objects.filter(review=record.review_id, pmid__in=about, withdrawn_at=None)
    for subject in subjects.exclude(current=None).select_related("current"):
        said = Notice(about[subject.pmid], record.pmid, plain(notice.title))
        LinkedNotice.objects.update_or_create(
            record=subject,
            kind=said.kind,
            pmid=said.pmid,
            defaults={"data": notice.to_json(), "stored_at": timezone.now()},
        )
        known = grave(subject.current.citation) if subject.current else []
        if record.pmid not in [each.pmid for each in known]:
            raise_alerts(record=subject, notices=[said], run=run)
