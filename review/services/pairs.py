"""Questions to people about two reports, and their answers, which hold for every later import."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from review.dedupe.verdicts import Match
from review.errors import Incomplete
from review.models import Pair, Report, User
from review.models.matching import Answer, Link
from review.services.log import log


@dataclass(frozen=True, slots=True)
class Question:
    """Two live reports, the smaller key first, and what matching says of them."""

    review: int
    first: int
    second: int
    match: Match


def ask(questions: Sequence[Question]) -> None:
    """Queue questions; one that waits already keeps the likelier reason of the two."""
    keys = {(each.first, each.second): each for each in questions}
    known = Pair.objects.filter(first__in={first for first, _ in keys}, answer="")
    waiting = {(pair.first_id, pair.second_id): pair for pair in known}
    Pair.objects.bulk_create(
        _fill(Pair(review_id=each.review, first_id=each.first, second_id=each.second), each)
        for key, each in keys.items()
        if key not in waiting
    )
    for key, pair in waiting.items():
        if key in keys and keys[key].match.score > pair.score:
            _fill(pair, keys[key]).save(update_fields=["why", "score", "veto", "similarities"])


@transaction.atomic
def answer_pair(*, pair: Pair, answer: str, actor: User, link: str = "") -> None:
    """Record what a person said of a queued pair (``same`` is joined by the caller).

    With "linked", ``link`` says how the two belong together. Raises Incomplete without it.
    """
    if answer == Answer.LINKED and link not in Link.values:
        raise Incomplete("Say how the two reports belong together.")
    remember(pair.first, pair.second, answer=answer, why=pair.why, actor=actor, link=link)
    log(
        review=pair.review,
        actor=actor,
        what="answered a possible duplicate",
        subject=f"reports {pair.first_id} and {pair.second_id}",
        old=pair.answer,
        new=f"{answer} {link}".strip(),
    )


def remember(
    one: Report, other: Report, *, answer: str, why: str, actor: User | None, link: str = ""
) -> None:
    """Keep an answer about two reports, in place of an earlier one."""
    first, second = sorted((one, other), key=lambda report: report.pk)
    Pair.objects.update_or_create(
        first=first,
        second=second,
        defaults={
            "review_id": first.review_id,
            "answer": answer,
            "link": link if answer == Answer.LINKED else "",
            "answered_by": actor,
            "answered_at": timezone.now(),
            "why": why[:400],
        },
    )


def ask_again(*, one: Report, other: Report, why: str, actor: User | None = None) -> Pair:
    """Let two reports wait for an answer, whatever was said of them before.

    With ``actor`` it is logged that this person took an answer back.
    """
    first, second = sorted((one, other), key=lambda report: report.pk)
    known = Pair.objects.between(first.pk, second.pk).first()
    old = known.answer if known else ""
    pair, _ = Pair.objects.update_or_create(
        first=first,
        second=second,
        defaults={
            "review_id": first.review_id,
            "answer": "",
            "link": "",
            "answered_by": None,
            "answered_at": None,
            "why": why[:400],
        },
    )
    if actor is not None:
        log(
            review=pair.review,
            actor=actor,
            what="took back an answer about a possible duplicate",
            subject=f"reports {pair.first_id} and {pair.second_id}",
            old=old,
        )
    return pair


def carry_over(into: Mapping[int, int]) -> None:
    """Ask of the survivors what waited about reports that they have absorbed (key to key)."""
    waiting = Pair.objects.filter(answer="").filter(Q(first__in=into) | Q(second__in=into))
    moved: dict[tuple[int, int], Pair] = {}
    for pair in waiting.select_related("first", "second").order_by("-score"):
        first, second = sorted(_live(report, into) for report in (pair.first, pair.second))
        if first != second:
            moved.setdefault((first, second), pair)
    live = {key for keys in moved for key in keys}
    apart = Pair.objects.told_apart(live)
    known = set(Pair.objects.filter(first__in=live).values_list("first", "second"))
    Pair.objects.bulk_create(
        Pair(
            review_id=pair.review_id,
            first_id=keys[0],
            second_id=keys[1],
            why=pair.why,
            score=pair.score,
            veto=pair.veto,
            similarities=pair.similarities,
        )
        for keys, pair in moved.items()
        if keys not in known and frozenset(keys) not in apart
    )


def _live(report: Report, into: Mapping[int, int]) -> int:
    """The key of the report that stands for another by now."""
    return into.get(report.pk, report.survivor_id or report.pk)


def _fill(pair: Pair, question: Question) -> Pair:
    found = question.match
    pair.why, pair.score, pair.veto = found.why[:400], found.score, found.veto
    pair.similarities = dict(found.similarities)
    return pair
