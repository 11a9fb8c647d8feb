"""The searches of a review as PRISMA-S wants them reported: a paragraph, a table, what is missing.

Rethlefsen ML et al. PRISMA-S. Syst Rev 2021;10:39; items 1-16.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date

from review.models import Review, Search, SearchRun
from review.models.searches import LEFT_KINDS

NLM = "National Library of Medicine"
LEFT = "databases and registers"
RIGHT = "other methods"


@dataclass(frozen=True, slots=True)
class Reported:
    """One search with its runs, the newest first."""

    search: Search
    runs: list[SearchRun]

    @property
    def n_records(self) -> int:
        """Records identified by all runs together, each once."""
        return self.search.n_records  # type: ignore[attr-defined,no-any-return]

    @property
    def platform(self) -> str:
        """Through which it was asked; PubMed itself is NLM's."""
        return self.search.platform or (NLM if self.search.is_pubmed else "")

    @property
    def was_run(self) -> bool:
        """Whether it was asked at all: an intention is no search."""
        return bool(self.last or self.n_records or self.search.run_on)

    @property
    def last(self) -> SearchRun | None:
        """The newest run that is complete."""
        return next((run for run in self.runs if run.job and run.is_complete), None)

    @property
    def asked_on(self) -> list[date]:
        """The days on which it was run, the earliest first."""
        if not self.search.is_pubmed:
            return [self.search.run_on] if self.search.run_on else []
        days = (run.started_at for run in self.runs if run.job and run.is_complete)
        return sorted({day.astimezone(UTC).date() for day in days if day})

    @property
    def run_by(self) -> str:
        """Who ran it: as typed, else whoever started its runs."""
        if self.search.run_by or not self.search.is_pubmed:
            return self.search.run_by
        people = (run.job.made_by for run in self.runs if run.job)
        return ", ".join(dict.fromkeys(str(p) if p else "its schedule" for p in people))

    @property
    def hits(self) -> int | None:
        """What the source reported: to a search that is run here, else as somebody typed it."""
        if self.search.is_pubmed:
            return self.last.reported if self.last else self.search.hits
        return self.search.hits

    @property
    def column(self) -> str:
        """The column of the PRISMA 2020 diagram."""
        return LEFT if self.search.kind in LEFT_KINDS else RIGHT

    @property
    def difference(self) -> str:
        """Why hits and records differ, as somebody explained it."""
        return "; ".join(dict.fromkeys(run.explanation for run in self.runs if run.explanation))

    @property
    def missing(self) -> list[str]:
        """What PRISMA-S asks for and nobody has said yet."""
        found = [words for words, value in self._asked() if value in ("", None)]
        if self.search.is_pubmed and self.last is None:
            found.append("a complete run")
        if not self.search.is_pubmed and not self.search.run_on:
            found.append("the day of the search")
        if self.differs and not self.difference:
            found.append("why the number of hits and of records differ")
        return found

    @property
    def differs(self) -> bool:
        """Whether the source reported another number than there are records."""
        return self.search.differs or bool(self.last and not self.last.counts_agree)

    def _asked(self) -> Iterator[tuple[str, object]]:
        if self.search.kind in LEFT_KINDS:
            yield "the platform", self.platform
            yield "the full strategy", self.search.strategy or self.search.chase
            yield "the peer review of the strategy, or that there was none", self.search.peer_review
        yield "who ran it", self.run_by
        yield "the number of hits", self.hits


def reported(review: Review) -> list[Reported]:
    """All searches of a review in the order in which they were set up, in two queries."""
    runs: dict[int, list[SearchRun]] = {}
    for run in SearchRun.objects.filter(search__review=review).summarised():
        imported = getattr(run, "imported", None)
        if imported is None or not imported.is_undone:
            runs.setdefault(run.search_id, []).append(run)
    searches = Search.objects.of(review).select_related("rerun_of")
    return [Reported(search, runs.get(search.pk, [])) for search in searches]
