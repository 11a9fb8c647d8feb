"""Getting full texts, and linking reports into studies."""

from __future__ import annotations

from extraction.services.studies import link, start_study, unlink
from review.models import FullText, Retrieval, Study
from review.services.retrieval import give_up, hold_full_text, record_attempt, seek_again
from tests.factories import TRIED_ON
from tests.site.any_order.play import Play
from tests.site.world import pdf

PDF = pdf()


def seek(play: Play, person: str, number: int, act: str) -> None:
    """An attempt, giving up, or seeking again."""
    with play.trying(person) as user:
        play.enter(user, "work")
        report = play.live(number)
        if act == "attempt":
            record_attempt(report=report, tried_on=TRIED_ON, how="Asked the library", actor=user)
        elif act == "give up":
            give_up(report=report, actor=user)
            assert Retrieval.objects.of(report).exists(), "given up without an attempt"
        else:
            seek_again(report=report, actor=user)
        play.book.touch(report.pk)


def hold(play: Play, person: str, number: int, form: str) -> None:
    """A full text comes, as a small PDF or a link."""
    with play.trying(person) as user:
        play.enter(user, "work")
        report = play.live(number)
        held = hold_full_text(
            report=report,
            form=form,
            actor=user,
            url="https://example.org/trial" if form == "link" else "",
            upload=("trial.pdf", PDF) if form == "pdf" else None,
        )
        play.book.touch(report.pk)
        assert FullText.objects.filter(pk=held.pk, report=report).exists()


def study(play: Play, person: str, numbers: list[int], act: str) -> None:
    """Link reports into a new study or the oldest one, let one be its own, take one out."""
    with play.trying(person) as user:
        play.enter(user, "work")
        reports = [play.live(number) for number in numbers]
        keys = [report.pk for report in reports]
        if act == "link":
            link(review=play.review, reports=keys, actor=user)
        elif act == "add":
            oldest = Study.objects.filter(review=play.review).order_by("pk").first()
            link(review=play.review, reports=keys, actor=user, study=oldest)
        elif act == "start":
            start_study(report=reports[0], actor=user)
        else:
            unlink(report=reports[0], actor=user)
        play.book.touch(*keys)
