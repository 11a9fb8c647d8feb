"""The words round the boxes: what is still undecided, and the footnotes."""

from __future__ import annotations

from collections.abc import Iterator

from review.prisma.counts import Arm, Counts

CITATION = (
    "Layout after Page MJ, McKenzie JE, Bossuyt PM, et al. The PRISMA 2020 statement. "
    "BMJ\u00a02021;372:n71."
)


def draft_line(counts: Counts, pairs: int = 0) -> str:
    """Say that the diagram is a draft and what awaits people; empty when nothing does.

    ``pairs`` is the number of possible duplicates that nobody has answered.
    """
    n, said = counts.awaiting, []
    if n:
        said.append(f"{n:,} record{'s await' if n > 1 else ' awaits'} a decision")
    if pairs:
        said.append(
            f"{pairs:,} possible duplicate{'s await' if pairs > 1 else ' awaits'} an answer"
        )
    return f"DRAFT – {', '.join(said)}" if said else ""


def pending_lines(counts: Counts) -> tuple[str, ...]:
    """List what is pending, one line per column that has something to decide."""
    arms = (("Databases and registers", counts.left), ("Other methods", counts.right))
    named = ((name, " · ".join(_pending(arm))) for name, arm in arms)
    return tuple(f"{name}: {what}" for name, what in named if what)


def broken_line(counts: Counts) -> str:
    """Name the equations that do not hold; empty when all do."""
    names = [equation.name for equation in counts.equations if not equation.holds]
    return f"The numbers do not add up: {', '.join(names)}" if names else ""


def footnotes(counts: Counts) -> tuple[str, ...]:
    """Explain the marks of the boxes, then name the source of the layout."""
    return (*_marks(counts), CITATION)


def _pending(arm: Arm) -> Iterator[str]:
    words = {
        "screening": "{n:,} to screen",
        "screening_conflicts": "{n:,} screening conflict{s}",
        "retrieval": "{n:,} full text{s} to retrieve",
        "full_text": "{n:,} full text{s} to judge",
        "full_text_conflicts": "{n:,} full-text conflict{s}",
    }
    for stage, n in arm.pending.items():
        if n:
            yield words[stage].format(n=n, s="" if n == 1 else "s")


def _marks(counts: Counts) -> Iterator[str]:
    if counts.database_specific_results or counts.register_specific_results:
        yield "* With one line for each database and register that was searched."
    if counts.records_excluded:
        yield (
            f"** By people {counts.records_excluded_human:,}, "
            f"by automation tools {counts.records_excluded_automatic:,}."
        )
    if counts.other_methods and (counts.other_duplicates or counts.other_records_excluded):
        yield (
            f"† Without {counts.other_duplicates:,} that duplicate another record; "
            f"{counts.other_records_excluded:,} of those shown were excluded before a full text "
            "was sought."
        )
    if counts.withdrawn:
        yield f"§ Without {counts.withdrawn:,} records of imports that were undone."
    added = counts.left.added_by_splitting + counts.right.added_by_splitting
    if added:
        yield f"‡ With {added:,} added by splitting a record that describes several reports."
