"""What people say of two reports that may be one: merged, kept apart, linked, taken back.

A merge puts the votes on both copies together (prisma.md section 4 rule 6). So whoever votes on
one of them could read a colleague's vote by merging, and split again. Their "same" therefore
merges at once only while nobody has opened one of the two; else a second person has to say so
too. Whoever does not vote there needs nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from review.models import Merge, Pair, Report, Review, User
from review.models.matching import Answer
from review.roles import Role, role_of
from review.services.flow import lock_reports
from review.services.pairs import ask_again
from screening.errors import AnsweredAlready
from screening.models import Proposal
from screening.querysets import POSITION_OF
from screening.services.merging import merge_reports, settle_pair, split_reports, survivor_first


@dataclass(frozen=True, slots=True)
class Accepted:
    """How many pairs were merged at once, how many wait for a second person, how many are left."""

    merged: int = 0
    proposed: int = 0
    left: int = 0

    @property
    def sentence(self) -> str:
        """What was done, for the person who asked for it."""
        parts = [f"{self.merged} merged; each can be split again below."]
        if self.proposed:
            parts.append(f"{self.proposed} wait until a second person says the same.")
        if self.left:
            parts.append(f"{self.left} left: somebody has answered them, or told copies apart.")
        return " ".join(parts)


@transaction.atomic
def give_answer(*, pair: Pair, answer: str, actor: User, link: str = "") -> bool:
    """Answer a pair that waits; False when it still waits for a second person.

    Raises AnsweredAlready when somebody was quicker or one of the two is no longer there,
    Incomplete when "linked" does not say how.
    """
    found = _locked(pair.pk)
    if found.answer == answer and (found.answered_by, found.link) == (actor, link):
        return True  # sent again, as the first answer to it was lost
    _refuse_unless_waiting(found)
    if answer == Answer.SAME and _needs_second(found, actor, role_of(actor, found.review)):
        Proposal.objects.get_or_create(review_id=found.review_id, pair=found, actor=actor)
        return False
    settle_pair(pair=found, answer=answer, actor=actor, link=link)
    return True


@transaction.atomic
def merge_by_hand(*, one: Report, other: Report, why: str, actor: User) -> Report | None:
    """Merge two reports that somebody found to be the same; gives the one that stays.

    None when it has to wait for a second person: then it is a pair in the queue.
    """
    locked = lock_reports([one.pk, other.pk])
    first, second = locked if len(locked) == 2 else (one, other)
    asked = Pair(review=first.review, first=first, second=second, why=why[:400])
    if asked.first_id != asked.second_id and None not in (first.position, second.position):
        known = Pair.objects.between(first.pk, second.pk).first()
        if _needs_second(known or asked, actor, role_of(actor, first.review)):
            waiting = ask_again(one=first, other=second, why=why)
            Proposal.objects.get_or_create(review=first.review, pair=waiting, actor=actor)
            return None
    survivor, absorbed = survivor_first(first, second)
    merge_reports(survivor=survivor, absorbed=absorbed, why=why, actor=actor)
    return survivor


@transaction.atomic
def accept_pairs(*, review: Review, pairs: Sequence[int], actor: User) -> Accepted:
    """Say "same" of these pairs, the likeliest first; each can be split again.

    A pair whose reports meet through another one of these is merged with it, unless somebody
    told any of their copies apart; that one and what was answered meanwhile is left.
    """
    keys = list(pairs)
    rows = list(Pair.objects.unanswered(review).filter(pk__in=keys))
    lock_reports({key for pair in rows for key in (pair.first_id, pair.second_id)})
    done = [_accept(pair.pk, actor) for pair in rows]
    return Accepted(
        merged=done.count("merged"),
        proposed=done.count("proposed"),
        left=len(keys) - len(rows) + done.count("left"),
    )


def _accept(key: int, actor: User) -> str:
    """Accept one pair of several; its reports may have been merged into others by now."""
    pair = Pair.objects.select_related("first", "second").get(pk=key)
    live = {report.survivor_id or report.pk for report in (pair.first, pair.second)}
    if len(live) == 1:
        return "merged"
    found = Pair.objects.between(*live).filter(answer="").first()
    if found is None or frozenset(live) in Pair.objects.told_apart(live):
        return "left"
    return "merged" if give_answer(pair=found, answer=Answer.SAME, actor=actor) else "proposed"


@transaction.atomic
def take_back(*, pair: Pair, actor: User) -> None:
    """Undo one's own answer: what was merged by it is split, and the pair waits again.

    Raises AnsweredAlready when the answer is not theirs any more, WrongPosition when the report
    was merged into another since.
    """
    found = _locked(pair.pk)
    if not found.answer and Proposal.objects.filter(pair=found, actor=actor).delete()[0]:
        return
    if not found.answer or found.answered_by_id != actor.pk:
        raise AnsweredAlready("This answer is not yours to take back any more. Reload the page.")
    if merge := Merge.objects.in_force().joining(found.first_id, found.second_id).first():
        split_reports(merge=merge, actor=actor)
    ask_again(one=found.first, other=found.second, why=found.why, actor=actor)


@transaction.atomic
def reopen(*, pair: Pair, actor: User) -> None:
    """Let a pair that anybody told apart or linked wait for an answer again.

    Raises AnsweredAlready when it waits already or the two are not both there any more.
    """
    found = _locked(pair.pk)
    if found.answer not in (Answer.DIFFERENT, Answer.LINKED):
        raise AnsweredAlready("This pair was not told apart. Reload the page.")
    if None in (found.first.position, found.second.position):
        raise AnsweredAlready("One of these reports was merged or withdrawn since.")
    ask_again(one=found.first, other=found.second, why=found.why, actor=actor)


def _locked(key: int) -> Pair:
    """The pair as it is once its reports are locked."""
    pair = Pair.objects.get(pk=key)
    lock_reports([pair.first_id, pair.second_id])
    return Pair.objects.select_related("review", "first", "second", "answered_by").get(pk=key)


def _refuse_unless_waiting(pair: Pair) -> None:
    if pair.answer:
        said = pair.get_answer_display().lower()
        raise AnsweredAlready(f"{pair.answered_by} has answered this pair already: {said}.")
    if None in (pair.first.position, pair.second.position):
        raise AnsweredAlready("One of these reports was merged or withdrawn since.")


def _needs_second(pair: Pair, actor: User, role: Role) -> bool:
    """Whether a merge might show this person votes on a report that they vote on themselves."""
    both = (pair.first, pair.second)
    if any(report.handled_at is None for report in both):
        return False
    stand = {report.position for report in both}
    if not any(role.may_vote(stage) for stage, at in POSITION_OF.items() if at in stand):
        return False
    return pair.pk is None or not Proposal.objects.filter(pair=pair).exclude(actor=actor).exists()
