"""Replay of the flow's history: every projection and every count is recomputed and compared."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import islice

from django.db.models import Count, Exists, OuterRef, Q, Subquery

from review import triggers
from review.models import BlockKey, FullText, Import, Merge, Move, Record, Removal, Report, Review
from review.pdfs import trouble_with
from review.services.block_keys import read
from review.services.flow import derive_all

CHUNK = 500  # reports that are compared from one reading of their rows


def differences(review: Review) -> Iterator[str]:
    """Sentences, one per difference between the history and what is derived from it."""
    for table in triggers.missing():
        yield f"{table} can be changed: its append-only triggers are missing"
    yield from _ledger(review)
    yield from _projections(review)
    yield from _records(review)
    yield from _merges(review)
    yield from _removals(review)
    yield from _imports(review)
    yield from _full_texts(review)
    yield from _unindexed(review)


def _ledger(review: Review) -> Iterator[str]:
    """Every report's moves must be a chain that ends where the report stands."""
    stands: dict[int, tuple[str | None, int | None]] = {}
    moves = Move.objects.filter(review=review).order_by("pk")
    for move in moves.values_list("report", "origin", "target", "reason"):
        report, origin, target, reason = move
        if report in stands and stands[report][0] != origin:
            yield f"report {report}: a move starts at {origin}, not at {stands[report][0]}"
        stands[report] = (target, reason)
    for pk, position, reason in Report.objects.filter(review=review).values_list(
        "pk", "position", "reason"
    ):
        if stands.get(pk) != (position, reason):
            yield f"report {pk} stands at {position}, its moves say {stands.get(pk)}"


def _projections(review: Review) -> Iterator[str]:
    reports = Report.objects.live().filter(review=review).order_by("pk").iterator(CHUNK)
    while chunk := list(islice(reports, CHUNK)):
        derived = derive_all([report.pk for report in chunk])
        for report in chunk:
            if derived[report.pk] != (report.arm, report.counted_by_id, report.face_id):
                yield f"report {report.pk}: column, source or text are not those of its records"


def _records(review: Review) -> Iterator[str]:
    """Every live record belongs to a live report, and every live report has one."""
    lost = Record.objects.filter(review=review, withdrawn_at=None, report__position=None)
    for pk in lost.values_list("pk", flat=True):
        yield f"record {pk} belongs to a report that left the flow"
    held = Record.objects.filter(report=OuterRef("pk"), withdrawn_at=None)
    empty = Report.objects.live().filter(review=review).exclude(Exists(held))
    for pk in empty.values_list("pk", flat=True):
        yield f"report {pk} has no record"


def _merges(review: Review) -> Iterator[str]:
    """A report that left by a merge has that merge, and its records went where that put them."""
    held = dict(Record.objects.filter(review=review).values_list("pk", "report"))
    merges = Merge.objects.in_force().filter(review=review)
    absorbed = set()
    for report, survivor, records in merges.values_list(
        "absorbed", "absorbed__survivor", "records"
    ):
        absorbed.add(report)
        for record in records:
            if held.get(record) != survivor:
                yield f"record {record} is not in report {survivor}, into which it was merged"
    away = Report.objects.filter(review=review, survivor__isnull=False)
    for pk in away.exclude(pk__in=absorbed).values_list("pk", flat=True):
        yield f"report {pk} was merged away, but by no merge in force"


def _removals(review: Review) -> Iterator[str]:
    """A removal took out reports that were chosen for it, as many as it says, and none after all
    when it was undone."""
    moves = Move.objects.filter(review=review, cause__startswith="removal ").order_by("pk")
    went: dict[str, list[tuple[int, str | None]]] = defaultdict(list)
    for report, target, cause in moves.values_list("report", "target", "cause"):
        went[cause].append((report, target))
    for removal in Removal.objects.filter(review=review).select_related("undo"):
        gone = went.pop(f"removal {removal.pk}", [])
        keys = {report for report, _ in gone}
        if len(gone) != removal.removed or not keys <= set(removal.chosen):
            yield f"{removal} says that {removal.removed} reports went, its moves say {len(gone)}"
        if any(target != removal.target for _, target in gone):
            yield f"{removal} moved reports elsewhere than to {removal.target}"
        if removal.is_undone and (left := _still_out(removal)):
            yield f"{removal} was undone, but report {left[0]} is still out by it"
    for cause in went:
        yield f"moves name {cause}, which there is not"


def _imports(review: Review) -> Iterator[str]:
    """Records are withdrawn by undone imports only, all of each, as many as it says."""
    gone = Count("run__first_found", filter=Q(run__first_found__withdrawn_at__isnull=False))
    found = Import.objects.filter(search__review=review).confirmed().select_related("undo")
    for each in found.annotate(n=Count("run__first_found"), n_gone=gone):
        went, all_of_it = each.n_gone, each.n  # type: ignore[attr-defined]
        if went != each.withdrawn:
            yield f"{each} says that {each.withdrawn} records were withdrawn, but {went} are"
        if each.is_undone and went < all_of_it:
            yield f"{each} was undone, but {all_of_it - went} of its records are live"
    others = Record.objects.filter(review=review).exclude(withdrawn_at=None)
    for pk in others.exclude(first_run__imported__undo__isnull=False).values_list("pk", flat=True):
        yield f"record {pk} is withdrawn, but by no undone import"


def _still_out(removal: Removal) -> list[int]:
    """Keys of the live reports whose last move was this removal."""
    last = Move.objects.filter(report=OuterRef("pk")).order_by("-pk").values("cause")[:1]
    rows = Report.objects.live().filter(review=removal.review_id, position=removal.target)
    out = rows.annotate(last=Subquery(last)).filter(last=f"removal {removal.pk}")
    return list(out.values_list("pk", flat=True))


def _full_texts(review: Review) -> Iterator[str]:
    """Every stored PDF is on the disk as it was uploaded."""
    rows = FullText.objects.filter(report__review=review).exclude(file="").order_by("pk")
    for held in rows.select_related("actor").defer("text"):
        if trouble := trouble_with(held, look_again=True):
            when = held.at.isoformat(timespec="minutes")
            yield (
                f"full text {held.pk} of report {held.report_id} ({held.original_name}, uploaded "
                f"by {held.actor or 'nobody'} at {when}): its file {trouble} "
                f"(SHA-256 {held.sha256})"
            )


def _unindexed(review: Review) -> Iterator[str]:
    """Records whose current text is not in the block index: duplicates of them would be missed."""
    indexed = BlockKey.objects.filter(record=OuterRef("pk"), revision=OuterRef("current"))
    rows = Record.objects.filter(review=review, withdrawn_at=None, current__isnull=False)
    keys = rows.exclude(Exists(indexed)).order_by("pk").values_list("pk", flat=True)
    missing = keys.iterator(CHUNK)
    while chunk := list(islice(missing, CHUNK)):
        for key, each in read(chunk).items():
            if each.keys:
                yield f"record {key} is not in the index by which duplicates of it are found"
