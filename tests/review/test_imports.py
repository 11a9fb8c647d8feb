"""Files in: looked at, confirmed, taken in by a job, undone; nothing is dropped silently."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings
from pytest_django import Settings

from review.audit import differences
from review.errors import AlreadyRunning, BadFile, Incomplete, NotAllowed
from review.methods import reported
from review.models import Import, Job, Record, Report, Search, SearchRun
from review.models.jobs import State
from review.services import jobs
from review.services.explanations import explain_difference
from review.services.importing import import_file
from review.services.imports import confirm, discard, read_again, receive
from review.services.searches import cancel_run, resume_run
from review.services.withdrawing import start_undo, withdraw_import
from review.site.flow import counts_of
from tests import factories
from tests.people import Team, team

pytestmark = pytest.mark.django_db

RIS = """TY  - JOUR
TI  - Naltrexone 4.5 mg for tired legs
AU  - Okafor, Adaeze
PY  - 2021
DO  - 10.5555/tired.legs
AB  - Legs were tired.
ER  -

TY  - JOUR
ER  -

TY  - JOUR
TI  - A second trial of sore arms
AU  - Berg, Signe
PY  - 2019
AN  - 2019123456
DO  - 10.5555/sore.arms
ER  -
"""


@pytest.fixture
def who() -> Team:
    return team()


@pytest.fixture
def embase(who: Team) -> Search:
    return factories.search(who.review, source="Embase")


def upload(search: Search, who: Team, raw: str | bytes = RIS, name: str = "embase.ris") -> Import:
    raw = raw.encode() if isinstance(raw, str) else raw
    return receive(search=search, name=name, chunks=[raw], actor=who.lead)


def taken_in(search: Search, who: Team, raw: str | bytes = RIS) -> SearchRun:
    """Upload, confirm and do the job here and now."""
    run = confirm(imported=upload(search, who, raw), actor=who.lead)
    return work(run)


def work(run: SearchRun) -> SearchRun:
    assert run.job is not None
    jobs.perform(run.job.pk, import_file)
    run = SearchRun.objects.select_related("job", "imported").get(pk=run.pk)
    assert run.job is not None
    return run


def undone(run: SearchRun, who: Team, reason: str = "Wrong file") -> Job:
    job = start_undo(imported=Import.objects.get(run=run), reason=reason, actor=who.lead)
    jobs.perform(job.pk, withdraw_import)
    job.refresh_from_db()
    return job


def titles(search: Search) -> list[str]:
    return [r.current.citation.title for r in Record.objects.of(search.review) if r.current]


def test_an_uploaded_file_is_kept_as_it_came_and_nothing_of_it_is_in_the_review(
    who: Team, embase: Search
) -> None:
    found = upload(embase, who)
    assert (Path(settings.IMPORT_DIR) / found.file).read_bytes() == RIS.encode()
    assert found.sha256 == hashlib.sha256(RIS.encode()).hexdigest()
    assert not Record.objects.filter(search=embase).exists()


def test_a_preview_says_what_was_found_and_what_can_be_read_with_lines(
    who: Team, embase: Search
) -> None:
    found = upload(embase, who)
    assert (found.format, found.encoding) == ("ris", "utf-8")
    assert (found.found, found.readable) == (3, 2)
    assert [str(each) for each in found.listed_problems] == [
        "Line 9: This entry is empty. It was left out.",
        "The file has 3 marks of an entry, but 2 entries were read. Each entry that was left out "
        "is listed here, if its beginning was found.",
    ]


def test_every_entry_becomes_a_record_and_a_report_of_its_source(who: Team, embase: Search) -> None:
    run = taken_in(embase, who)
    assert run.job and run.job.state == State.DONE
    assert titles(embase) == ["Naltrexone 4.5 mg for tired legs", "A second trial of sore arms"]
    first, second = Record.objects.filter(search=embase).order_by("pk")
    assert (first.identifier, first.doi) == (f"file {run.number} entry 1", "10.5555/tired.legs")
    assert second.current and second.current.citation.identifier == "2019123456"
    assert counts_of(who.review).database_specific_results == {"Embase": 2}
    assert list(differences(who.review)) == []


def test_a_count_that_differs_from_the_file_waits_for_a_word(who: Team, embase: Search) -> None:
    run = taken_in(embase, who)
    assert (run.reported, run.n_listed, run.stored, run.new) == (3, 2, 2, 2)
    assert run.needs_explanation
    assert not taken_in(embase, who, RIS.replace("TY  - JOUR\nER  -\n", "")).needs_explanation


def test_hits_that_are_not_all_in_the_files_wait_for_a_word(who: Team, embase: Search) -> None:
    embase.hits = 3
    embase.save()
    whole = RIS.replace("TY  - JOUR\nER  -\n", "")
    first = taken_in(embase, who, whole)
    assert first.needs_explanation
    one = "TY  - JOUR\nTI  - A third trial, of stiff knees\nER  -\n"
    second = taken_in(embase, who, one)
    assert not first.needs_explanation
    assert not second.needs_explanation
    undone(second, who)
    assert SearchRun.objects.get(pk=second.pk).needs_explanation
    explain_difference(run=second, words="One was no article.", actor=who.lead)
    assert SearchRun.objects.get(pk=second.pk).is_complete


def test_the_methods_name_the_hits_that_were_typed_and_no_undone_import(
    who: Team, embase: Search
) -> None:
    embase.hits = 7
    embase.save()
    run = taken_in(embase, who)
    (told,) = reported(who.review)
    assert (told.hits, told.n_records, [each.pk for each in told.runs]) == (7, 2, [run.pk])
    undone(run, who)
    (told,) = reported(who.review)
    assert (told.hits, told.n_records, told.runs) == (7, 0, [])


def test_an_undone_import_needs_no_word_on_its_file(who: Team, embase: Search) -> None:
    run = taken_in(embase, who)
    assert run.needs_explanation
    undone(run, who)
    assert not SearchRun.objects.get(pk=run.pk).needs_explanation


def test_an_import_is_matched_with_what_is_there(who: Team, embase: Search) -> None:
    taken_in(embase, who)
    cinahl = factories.search(who.review, source="CINAHL")
    taken_in(cinahl, who, RIS)
    assert Record.objects.filter(search=cinahl).count() == 2
    assert Report.objects.of(who.review).count() == 2
    assert counts_of(who.review).duplicates == 2


def test_the_same_file_again_is_known_and_gives_duplicates(who: Team, embase: Search) -> None:
    taken_in(embase, who)
    again = upload(embase, who)
    assert [each.run.number for each in Import.objects.same_file(again) if each.run] == [1]
    work(confirm(imported=again, actor=who.lead))
    assert Record.objects.filter(search=embase).count() == 4
    assert Report.objects.of(who.review).count() == 2


def test_a_file_is_imported_once_however_often_somebody_confirms(who: Team, embase: Search) -> None:
    found = upload(embase, who)
    confirm(imported=found, actor=who.lead)
    with pytest.raises(AlreadyRunning):
        confirm(imported=found, actor=who.lead)
    assert Job.objects.count() == 1


def test_a_job_that_was_interrupted_goes_on_and_counts_are_those_of_a_clean_run(
    who: Team, embase: Search, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("review.services.importing.CHUNK", 2)
    raw = "".join(f"TY  - JOUR\nTI  - Trial number {n} of sore arms\nER  -\n" for n in range(5))
    run = confirm(imported=upload(embase, who, raw), actor=who.lead)
    real, calls = import_file.__globals__["match_records"], []

    def dies(keys: object) -> int:
        calls.append(keys)
        if len(calls) == 2:
            raise MemoryError
        return int(real(keys))

    monkeypatch.setattr("review.services.importing.match_records", dies)
    assert work(run).job.state == State.FAILED  # type: ignore[union-attr]
    assert Record.objects.filter(search=embase).count() == 4
    jobs.resume(job=Job.objects.get(pk=run.job_id))
    run = work(run)
    assert run.job and run.job.state == State.DONE
    assert (run.new, run.stored, run.n_listed) == (5, 5, 5)
    assert titles(embase) == [f"Trial number {n} of sore arms" for n in range(5)]


def test_undoing_withdraws_every_record_with_a_reason_and_counts_follow(
    who: Team, embase: Search
) -> None:
    run = taken_in(embase, who)
    assert undone(run, who).state == State.DONE
    found = Import.objects.get(run=run)
    assert (found.is_undone, found.undo_reason, found.withdrawn) == (True, "Wrong file", 2)
    assert not Report.objects.of(who.review).exists()
    assert counts_of(who.review).database_specific_results == {"Embase": 0}
    assert list(differences(who.review)) == []


def test_undoing_leaves_what_another_search_found_where_it_stands(
    who: Team, embase: Search
) -> None:
    first = taken_in(embase, who)
    cinahl = factories.search(who.review, source="CINAHL")
    second = taken_in(cinahl, who)
    undone(first, who)
    assert Report.objects.of(who.review).count() == 2
    assert counts_of(who.review).database_specific_results == {"Embase": 0, "CINAHL": 2}
    assert counts_of(who.review).duplicates == 0
    assert list(differences(who.review)) == []
    undone(second, who)
    assert not Report.objects.of(who.review).exists()


def test_an_import_is_undone_once_and_never_without_a_reason(who: Team, embase: Search) -> None:
    run = taken_in(embase, who)
    with pytest.raises(Incomplete):
        undone(run, who, "  ")
    undone(run, who)
    with pytest.raises(AlreadyRunning):
        undone(run, who)


def test_undoing_that_failed_goes_on_where_it_stopped(
    who: Team, embase: Search, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("review.services.withdrawing.CHUNK", 1)
    run = taken_in(embase, who)
    real, calls = withdraw_import.__globals__["_withdraw"], []

    def dies(*arguments: object) -> None:
        calls.append(arguments)
        if len(calls) == 2:
            raise MemoryError
        real(*arguments)

    monkeypatch.setattr("review.services.withdrawing._withdraw", dies)
    assert undone(run, who).state == State.FAILED
    assert Record.objects.of(who.review).count() == 1
    assert undone(run, who, reason="").state == State.DONE
    assert not Record.objects.of(who.review).exists()
    assert Import.objects.get(run=run).undo_reason == "Wrong file"
    assert list(differences(who.review)) == []


def test_an_undone_import_cannot_be_resumed(who: Team, embase: Search) -> None:
    run = confirm(imported=upload(embase, who), actor=who.lead)
    cancel_run(run=run, actor=who.lead)
    run = SearchRun.objects.select_related("job", "imported").get(pk=run.pk)
    undone(run, who)
    with pytest.raises(NotAllowed, match="undone"):
        resume_run(run=SearchRun.objects.get(pk=run.pk), actor=who.lead)


def test_an_import_under_way_cannot_be_undone(who: Team, embase: Search) -> None:
    run = confirm(imported=upload(embase, who), actor=who.lead)
    with pytest.raises(AlreadyRunning):
        undone(run, who)


def test_what_is_no_list_of_references_is_refused_with_a_sentence(
    who: Team, embase: Search, settings: Settings, tmp_path: Path
) -> None:
    settings.IMPORT_DIR = tmp_path
    with pytest.raises(BadFile, match="This is a PDF"):
        upload(embase, who, b"%PDF-1.7 ...")
    assert list(tmp_path.iterdir()) == []


def test_decisions_of_another_tool_are_no_votes_and_that_is_said(who: Team, embase: Search) -> None:
    table = "title,year,reviewer,vote\nTrial of sore arms,2019,Ann,include\n"
    found = upload(embase, who, table)
    said = "1 of the entries have decisions of another tool. They are no votes here"
    assert said in str(found.listed_problems[-1])
    run = work(confirm(imported=found, actor=who.lead))
    assert said in str(run.imported.listed_problems[-1])


def test_a_pubmed_search_takes_no_file(who: Team) -> None:
    with pytest.raises(NotAllowed):
        upload(factories.search(who.review), who)


def test_nothing_readable_cannot_be_confirmed(who: Team, embase: Search) -> None:
    found = upload(embase, who, "TY  - JOUR\nER  -\n")
    with pytest.raises(Incomplete):
        confirm(imported=found, actor=who.lead)


def test_a_discarded_file_is_gone(who: Team, embase: Search) -> None:
    found = upload(embase, who)
    path = Path(settings.IMPORT_DIR) / found.file
    discard(imported=found)
    assert not Import.objects.exists()
    assert path.exists()  # until the transaction commits


def test_another_encoding_gives_other_letters(who: Team, embase: Search) -> None:
    raw = "TY  - JOUR\nTI  - Состояние рецепторного аппарата при гиперплазиях\nER  - \n"
    found = upload(embase, who, raw.encode("cp1251"))
    assert (found.encoding, found.readable) == ("", 0)
    read_again(imported=found, plan=replace(found.plan, encoding="cp1251"))
    assert (found.format, found.encoding, found.readable) == ("ris", "cp1251", 1)
    assert found.preview["first"][0][1]["title"].startswith("Состояние")


def test_a_mapping_of_columns_is_remembered_for_the_same_headers(who: Team, embase: Search) -> None:
    table = "Naam,Auteurs,Jaar\nTrial of sore arms,Berg S,2019\n"
    found = upload(embase, who, table)
    assert found.format == "table"
    plan = found.plan
    fields = zip(plan.columns, ("title", "author", "year"), strict=True)
    columns = tuple(type(column)(column.header, name) for column, name in fields)
    read_again(imported=found, plan=type(plan)(plan.format, plan.encoding, ",", "", columns))
    assert found.preview["first"][0][1]["title"] == "Trial of sore arms"
    work(confirm(imported=found, actor=who.lead))
    again = upload(embase, who, table.replace("2019", "2020"))
    assert [column.field for column in again.plan.columns] == ["title", "author", "year"]


def test_the_audit_sees_a_record_that_was_withdrawn_by_nobody(who: Team, embase: Search) -> None:
    run = taken_in(embase, who)
    Import.objects.filter(run=run).update(withdrawn=1)
    assert list(differences(who.review)) == [
        "embase.ris says that 1 records were withdrawn, but 0 are",
    ]
