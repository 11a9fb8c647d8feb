"""A search run again: exactly what is new, changed, retracted, corrected, left or gone.

The query is repeated in full each time and compared with what was known; see pubmed.md section 5.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from pytest_django import Settings

from review.models import (
    Alert,
    Finding,
    LinkedNotice,
    Pair,
    Record,
    Report,
    Revision,
    SearchRun,
)
from review.run_report import RunReport
from review.services import limiter
from review.services.searches import resume_run, start_run
from review.site.audit import differences
from tests import eutils_faults as faults
from tests import factories
from tests.eutils import EUtils
from tests.people import Team, team
from tests.pubmed_records import article, document
from tests.pubmed_runs import Clock, begin, read, work

pytestmark = pytest.mark.django_db

SAME, EDITED, INDEXED, RETRACTED, ERRATUM, DELETED, MERGED, LEFT, CONCERN = map(
    str, range(70_000_001, 70_000_010)
)
TODAY, OLD, SUCCESSOR = "70000101", "70000102", "70000107"
NOTICE, CORRECTION, WORRY = "70000201", "70000202", "70000203"
KNOWN = (SAME, EDITED, INDEXED, RETRACTED, ERRATUM, DELETED, MERGED, LEFT, CONCERN)


@pytest.fixture
def pubmed(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[EUtils]:
    """A PubMed that holds nine records; turns and pauses take no time."""
    monkeypatch.setattr(limiter, "time", Clock())
    with EUtils() as server:
        settings.EUTILS_BASE_URL = server.url
        server.holds(document(*(record(pmid) for pmid in KNOWN)))
        server.answers(None, KNOWN)
        yield server


@pytest.fixture
def who() -> Team:
    return team()


def record(pmid: str, words: str = "Nobody took part.", *, doi: str = "", after: str = "") -> str:
    text = article(
        pmid,
        f"Low-dose naltrexone for chronic pain, trial {pmid[-3:]}",
        f"<AbstractText>{words}</AbstractText>",
        after=after,
    )
    return text.replace(f"10.5555/generated.{pmid}", doi) if doi else text


def notice(kind: str, pmid: str, source: str = "Pain. 2026;1:1") -> str:
    return (
        f'<CommentsCorrectionsList><CommentsCorrections RefType="{kind}"><RefSource>{source}'
        f'</RefSource><PMID Version="1">{pmid}</PMID></CommentsCorrections>'
        "</CommentsCorrectionsList>"
    )


def mesh(heading: str) -> str:
    return (
        '<MeshHeadingList><MeshHeading><DescriptorName UI="D009271" MajorTopicYN="N">'
        f"{heading}</DescriptorName></MeshHeading></MeshHeadingList>"
    )


def months_pass(pubmed: EUtils) -> None:
    """Everything that can happen between two runs, once."""
    for pmid in (DELETED, MERGED):
        del pubmed.records[pmid]
    pubmed.holds(
        document(
            record(EDITED, "Forty people took part."),
            record(INDEXED, after=mesh("Naltrexone")),
            record(RETRACTED, after=notice("RetractionIn", NOTICE)),
            record(ERRATUM, after=notice("ErratumIn", CORRECTION)),
            record(CONCERN, after=notice("ExpressionOfConcernIn", WORRY)),
            record(TODAY),
            record(OLD),
            record(SUCCESSOR, doi=f"10.5555/generated.{MERGED}").replace("trial 107", "trial 007"),
            article(NOTICE, "Retraction: Low-dose naltrexone for chronic pain, trial 004"),
            article(CORRECTION, "Erratum: Low-dose naltrexone for chronic pain, trial 005"),
            article(WORRY, "Expression of concern: naltrexone for chronic pain, trial 009"),
        )
    )
    pubmed.entered |= {TODAY: date(2026, 11, 22), OLD: date(1998, 3, 1)}
    found = [pmid for pmid in KNOWN if pmid not in (DELETED, MERGED, LEFT)]
    pubmed.answers(None, [TODAY, *found, OLD, SUCCESSOR])


def report(pmid: str) -> Report:
    return Report.objects.get(records__identifier=pmid)


def refreshed(who: Team, pubmed: EUtils) -> SearchRun:
    months_pass(pubmed)
    return work(begin(who))


def pmids(found: RunReport, kind: str) -> list[str]:
    section = found.section(kind)
    return [line.finding.record.identifier for line in section.lines] if section else []


@pytest.mark.both
def test_a_refresh_reports_everything_that_happened_and_nothing_else(
    who: Team, pubmed: EUtils
) -> None:
    work(begin(who))

    run = refreshed(who, pubmed)
    found = read(run)

    new = Record.objects.filter(first_run=run)
    assert sorted(new.values_list("identifier", flat=True)) == [TODAY, OLD, SUCCESSOR]
    assert {kind: pmids(found, kind) for kind in [s.kind for s in found.sections]} == {
        "retracted": [RETRACTED],
        "concern": [CONCERN],
        "corrected": [ERRATUM],
        "changed": [EDITED, INDEXED],
        "unmatched": [LEFT],
        "gone": [DELETED, MERGED],
    }
    figures = (found.new, found.texts, found.in_title, found.in_abstract, found.elsewhere)
    assert figures == (3, 5, 0, 1, 4)
    assert (found.unchanged, found.not_sent) == (1, 0)
    assert (run.reported, len(run.identifiers), run.fetched, run.stored) == (9, 9, 9, 9)
    assert list(differences(who.review)) == []


def test_the_sections_and_the_unchanged_add_up_to_the_list_and_to_what_was_known(
    who: Team, pubmed: EUtils
) -> None:
    work(begin(who))
    run = refreshed(who, pubmed)
    found = read(run)
    assert found.new + found.texts + found.not_sent + found.unchanged == len(run.identifiers)
    left = sum(section.n for section in found.sections if section.kind in ("unmatched", "gone"))
    assert len(run.identifiers) - found.new + left == len(KNOWN)


def test_a_third_run_without_any_change_reports_only_what_still_does_not_match(
    who: Team, pubmed: EUtils
) -> None:
    work(begin(who))
    refreshed(who, pubmed)
    found = read(work(begin(who)))
    assert {section.kind: section.n for section in found.sections} == {"unmatched": 1, "gone": 2}
    assert (found.new, found.texts, found.unchanged) == (0, 0, 9)


def test_nothing_is_deleted_and_no_report_moves(who: Team, pubmed: EUtils) -> None:
    work(begin(who))
    factories.include_on_abstract(report(RETRACTED), who.ann, who.bo)
    before = dict(Report.objects.values_list("pk", "position"))
    records = set(Record.objects.values_list("pk", flat=True))
    refreshed(who, pubmed)
    assert records < set(Record.objects.values_list("pk", flat=True))
    assert {pk: Report.objects.get(pk=pk).position for pk in before} == before


def test_a_changed_text_is_a_new_revision_and_the_decision_keeps_the_old_one(
    who: Team, pubmed: EUtils
) -> None:
    work(begin(who))
    decision = factories.vote(who.ann, report(EDITED), "include")
    refreshed(who, pubmed)
    face = report(EDITED).face
    assert face is not None
    assert (decision.revision.number, face.number) == (1, 2)
    assert face.citation.abstract[0].text == "Forty people took part."
    assert decision.revision.citation.abstract[0].text == "Nobody took part."


def test_decided_reports_come_first(who: Team, pubmed: EUtils) -> None:
    work(begin(who))
    factories.include_on_abstract(report(INDEXED), who.ann, who.bo)
    assert pmids(read(refreshed(who, pubmed)), "changed") == [INDEXED, EDITED]


def test_new_reports_join_the_end_and_an_open_report_stays(who: Team, pubmed: EUtils) -> None:
    work(begin(who))
    opened = factories.next_report(who.ann, who.review)
    refreshed(who, pubmed)
    again = factories.next_report(who.ann, who.review)
    assert opened == again
    assert opened is not None
    order = Report.objects.of(who.review).values_list("records__identifier", flat=True)
    assert list(dict.fromkeys(order))[-2:] == [TODAY, OLD] or list(order)[-3:-1] == [TODAY, OLD]


def test_a_merged_pmid_points_to_the_one_that_it_became(who: Team, pubmed: EUtils) -> None:
    work(begin(who))
    run = refreshed(who, pubmed)
    found = {f.record.identifier: f.other for f in Finding.objects.filter(run=run, kind="gone")}
    assert found[DELETED] is None
    assert found[MERGED] is not None
    assert found[MERGED].identifier == SUCCESSOR
    same = report(MERGED) == report(SUCCESSOR)
    assert same or Pair.objects.between(report(MERGED).pk, report(SUCCESSOR).pk).exists()


def test_notices_are_fetched_and_attached_to_their_report(who: Team, pubmed: EUtils) -> None:
    work(begin(who))
    refreshed(who, pubmed)
    (attached,) = LinkedNotice.objects.about(report(RETRACTED))
    assert (attached.kind, attached.pmid) == ("RetractionIn", NOTICE)
    assert attached.data["title"].startswith("Retraction: Low-dose naltrexone")
    assert {n.pmid for n in LinkedNotice.objects.all()} == {NOTICE, CORRECTION, WORRY}
    assert not Record.objects.filter(identifier=NOTICE).exists()


def test_a_retraction_of_a_screened_report_raises_one_alert_that_stays(
    who: Team, pubmed: EUtils
) -> None:
    work(begin(who))
    factories.include_on_abstract(report(RETRACTED), who.ann, who.bo)
    refreshed(who, pubmed)
    work(begin(who))
    (alert,) = Alert.objects.of(who.review)
    assert (alert.kind, alert.pmid, alert.notice) == ("retracted", RETRACTED, NOTICE)
    assert alert.words == "Retracted in: Pain. 2026;1:1"


def test_an_alert_about_a_report_that_awaits_votes_waits_with_it(who: Team, pubmed: EUtils) -> None:
    """Or a lead who also votes could tell from it that a colleague has voted."""
    work(begin(who))
    factories.vote(who.ann, report(RETRACTED), "include")
    refreshed(who, pubmed)
    assert not Alert.objects.of(who.review).exists()
    factories.vote(who.bo, report(RETRACTED), "include")
    assert [alert.pmid for alert in Alert.objects.of(who.review)] == [RETRACTED]


def test_a_new_record_that_is_retracted_already_is_listed_and_alerts_once_it_is_sought(
    who: Team, pubmed: EUtils
) -> None:
    pubmed.holds(document(record(RETRACTED, after=notice("RetractionIn", NOTICE))))
    found = read(work(begin(who)))
    (line,) = found.section("retracted").lines
    assert (line.finding.record.identifier, line.is_new) == (RETRACTED, True)
    assert (found.new, found.texts, found.unchanged) == (9, 0, 0)
    for voter in (who.ann, who.bo):
        factories.vote(voter, report(RETRACTED), "exclude", reason="Wrong population")
    assert not Alert.objects.of(who.review).exists()
    factories.include_on_abstract(report(CONCERN), who.ann, who.bo)
    Report.objects.filter(pk=report(RETRACTED).pk).update(position="sought")
    assert [alert.pmid for alert in Alert.objects.of(who.review)] == [RETRACTED]


def test_a_retraction_notice_that_the_search_finds_alerts_before_the_article_says_so(
    who: Team, pubmed: EUtils
) -> None:
    work(begin(who))
    factories.include_on_abstract(report(SAME), who.ann, who.bo)
    title = "Retraction: Low-dose naltrexone for chronic pain, trial 001"
    pubmed.holds(document(article(NOTICE, title, after=notice("RetractionOf", SAME))))
    pubmed.answers(None, [*KNOWN, NOTICE])
    work(begin(who))
    pubmed.holds(document(record(SAME, after=notice("RetractionIn", NOTICE))))
    work(begin(who))
    (alert,) = Alert.objects.of(who.review)
    assert (alert.pmid, alert.notice) == (SAME, NOTICE)
    (attached,) = LinkedNotice.objects.about(report(SAME))
    assert attached.data["title"] == title


def test_a_screened_report_of_another_source_is_watched_by_its_pmid(
    who: Team, pubmed: EUtils
) -> None:
    """Its record stays as it came: only the alert and the notice are kept."""
    embase = factories.search(who.review, source="Embase")
    (seen, unseen) = factories.reports(embase, 2, first=int(RETRACTED))
    factories.include_on_abstract(seen, who.ann, who.bo)
    pubmed.answers(None, [SAME])
    pubmed.holds(document(record(RETRACTED, after=notice("RetractionIn", NOTICE))))
    work(begin_pubmed(who))
    (alert,) = Alert.objects.of(who.review)
    assert alert.record.report == seen
    assert Revision.objects.filter(record__search=embase).count() == 2
    asked = [part for a in pubmed.asked("efetch") for part in a.params["id"].split(",")]
    assert RETRACTED in asked
    assert str(int(RETRACTED) + 1) not in asked
    assert unseen.position == "screening"


def begin_pubmed(who: Team) -> SearchRun:
    return start_run(search=factories.search(who.review), actor=who.lead)


def test_a_text_that_arrives_at_last_is_reported(who: Team, pubmed: EUtils) -> None:
    late = pubmed.records.pop(SAME)
    work(begin(who))
    pubmed.records[SAME] = late
    found = read(work(begin(who)))
    (line,) = found.section("changed").lines
    assert (line.finding.fields, found.unchanged) == (["text"], 8)


def test_a_run_that_was_interrupted_while_it_asked_again_goes_on(who: Team, pubmed: EUtils) -> None:
    work(begin(who))
    months_pass(pubmed)
    pubmed.misbehave(lambda reply: reply, util="efetch")
    pubmed.misbehave(faults.says("Invalid uid list"), util="efetch")
    run = work(begin(who))
    assert run.job.state == "failed"
    assert run.finished_at is None
    assert resume_run(run=run, actor=who.lead)
    found = read(work(run))
    assert {s.kind: s.n for s in found.sections}["gone"] == 2
    assert (found.new, found.texts, found.unchanged) == (3, 5, 1)
