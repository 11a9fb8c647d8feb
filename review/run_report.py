"""The report of a run: everything known before it and everything it listed, each counted once.

``listed = new + changed + not sent + unchanged``, and what was known and not listed is either no
longer matching or gone (pubmed.md section 5).
"""

from __future__ import annotations

from dataclasses import dataclass

from review.access import Access
from review.differences import Difference, differences
from review.models import Finding, Record, Revision, SearchRun
from review.models.refresh import FindingKind
from review.querysets.refresh import FindingQuerySet

LISTED = 200  # lines of a section that the page names; the rest is a link
TITLES = {
    FindingKind.RETRACTED: "Retracted",
    FindingKind.CONCERN: "Expressions of concern",
    FindingKind.CORRECTED: "Corrected",
    FindingKind.CHANGED: "Changed",
    FindingKind.UNMATCHED: "No longer matching",
    FindingKind.GONE: "No longer in PubMed",
    FindingKind.LOST: "Lost",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One record of a section, and how its text differs from the one before."""

    finding: Finding
    differences: list[Difference]

    @property
    def is_new(self) -> bool:
        """Whether the record itself was first found by this run."""
        return self.finding.record.first_run_id == self.finding.run_id


@dataclass(frozen=True, slots=True)
class Section:
    """One kind of finding: ``n`` in all, and the lines that are shown, decided reports first."""

    kind: str
    title: str
    n: int
    lines: list[Line]


@dataclass(frozen=True, slots=True)
class RunReport:
    """The figures and sections of a run. ``texts``: known records with a newer text.

    Of these ``in_title`` and ``in_abstract`` differ there (some in both), ``elsewhere`` in neither.
    """

    new: int
    texts: int
    in_title: int
    in_abstract: int
    elsewhere: int
    not_sent: int
    unchanged: int
    sections: list[Section]

    def section(self, kind: str) -> Section | None:
        """The section of a kind; None when nothing of the kind was found."""
        return next((section for section in self.sections if section.kind == kind), None)

    @property
    def lost(self) -> Section | None:
        """Sentinels that the run did not find."""
        return self.section(FindingKind.LOST)

    @property
    def is_empty(self) -> bool:
        """Whether nothing but unchanged records was found."""
        return not (self.new or self.sections)


def report_of(run: SearchRun, access: Access) -> RunReport:
    """Read the report of a run from its findings, in six queries, as far as ``access`` reaches."""
    findings = Finding.objects.of_run(run)
    counted = findings.counted()
    unlisted = run.findings.filter(kind__in=(FindingKind.UNMATCHED, FindingKind.GONE))
    new = run.new - unlisted.filter(record__first_run=run).count()
    texts = findings.about_texts()
    fields = [set(each) for each in texts.values_list("fields", flat=True)]
    listed_texts = texts.exclude(record__in=unlisted.values("record")).count()
    lacking = Record.objects.filter(search=run.search_id, identifier__in=run.missing)
    not_sent = lacking.exclude(first_run=run).count()
    title = [each for each in fields if each & {"title", "original title", "text"}]
    abstract = [each for each in fields if "abstract" in each]
    return RunReport(
        new=new,
        texts=len(fields),
        in_title=len(title),
        in_abstract=len(abstract),
        elsewhere=len([each for each in fields if each not in title and each not in abstract]),
        not_sent=not_sent,
        unchanged=run.n_listed - new - listed_texts - not_sent,
        sections=[
            Section(kind, TITLES[kind], counted[kind], _lines(findings.filter(kind=kind), access))
            for kind in TITLES
            if kind in counted
        ],
    )


def _lines(findings: FindingQuerySet, access: Access) -> list[Line]:
    rows = list(findings[:LISTED])
    records = [row.record_id for row in rows if row.revision_id]
    earlier = Revision.objects.filter(record__in=records, report=None).defer("raw")
    texts = {(text.record_id, text.number): text for text in earlier}
    return [_line(row, texts, access) for row in rows]


def _line(row: Finding, texts: dict[tuple[int, int], Revision], access: Access) -> Line:
    now = row.revision
    before = texts.get((row.record_id, now.number - 1)) if now else None
    access.cover(row.record.report)
    access.cover_record(row.record, now, before)
    if row.other is not None:
        access.cover_record(row.other)
    return Line(row, differences(before.citation, now.citation) if before and now else [])
