"""What a lead does: returns, removals, rules, locks, members, criteria."""

from __future__ import annotations

from typing import Any

from review.models import Job, Membership, Removal
from review.models.jobs import State
from review.services.people import add_member
from review.services.protocol import set_criteria
from screening.judging import effects, rules_with
from screening.models import RuleChange
from screening.services.leaving import change_roles, remove_member
from screening.services.removing import (
    REMOVE,
    restore_report,
    select_reports,
    start_removal,
    start_restore,
)
from screening.services.returning import Return, return_report
from screening.services.rules import change_rules, latest_change, undo_change
from screening.services.stages import turn_stage
from screening.tasks import remove_reports, restore_reports
from tests.people import CRITERIA
from tests.site.any_order.play import Play


def send_back(play: Play, person: str, number: int, at: str) -> None:
    """A decided report goes back to a stage."""
    with play.trying(person) as user:
        play.enter(user, "move_reports")
        report = play.live(number)
        sent = Return("Read the methods again", report.position or "", play.nonce())
        back = return_report(report=report, stage=play.stage(at), sent=sent, actor=user)
        play.book.back_to(at, report.pk)
        again = return_report(report=report, stage=play.stage(at), sent=sent, actor=user)
        assert again == back


def remove(play: Play, person: str, numbers: list[int], target: str) -> None:
    """Reports are taken out before anybody votes on them."""
    with play.trying(person) as user:
        play.enter(user, "move_reports")
        keys = sorted({play.live(number).pk for number in numbers})
        chosen = select_reports(review=play.review, reports=keys, selection="some", actor=user)
        job = start_removal(
            removal=chosen, target=target, reason="Not about pain", tool="Filter 1", actor=user
        )
        _perform(job)
        chosen.refresh_from_db()
        stayed = {key for key, _ in chosen.skipped}
        for key in set(keys) - stayed:
            voters = play.book.voters("title_abstract", key)
            assert not voters, "a report with votes was removed before screening"
            play.book.out[key] = chosen.pk
            play.book.touch(key)


def bring_back(play: Play, person: str, number: int, all_of_them: bool) -> None:
    """A removal is undone, or one of its reports comes back."""
    with play.trying(person) as user:
        play.enter(user, "move_reports")
        if not all_of_them:
            report = play.live(number)
            restore_report(report=report, actor=user)
            play.book.out.pop(report.pk, None)
            play.book.touch(report.pk)
            return
        undoable = Removal.objects.filter(review=play.review, job__isnull=False, undo=None)
        if (removal := undoable.order_by("pk").first()) is None:
            return
        _perform(start_restore(removal=removal, actor=user))
        for key in removal.chosen:
            if play.book.root(key) == key and play.book.out.get(key) == removal.pk:
                del play.book.out[key]
                play.book.touch(key)


def _perform(job: Job) -> None:
    work = remove_reports if job.task == REMOVE else restore_reports
    work(job.pk)
    job.refresh_from_db()
    assert job.state == State.DONE, job.error


def set_rules(play: Play, person: str, at: str, values: dict[str, Any]) -> None:
    """Rules change: the preview says what happens, and then that happens."""
    with play.trying(person) as user:
        play.enter(user, "set_protocol", at)
        stage = play.stage(at)
        told = {g.kind: g.n for g in effects(stage, rules_with(stage, **_counting(values)))}
        last = latest_change(stage)
        change = change_rules(
            stage=stage, values=values, seen=last.pk if last else 0, actor=user, reason="Agreed"
        )
        play.book.change_rules(at, values)
        _has_done(change, told)


def undo_rules(play: Play, person: str, at: str) -> None:
    """Nobody having acted since, every report stands again where it stood."""
    with play.trying(person) as user:
        play.enter(user, "set_protocol", at)
        last = latest_change(play.stage(at))
        if last is None:
            return
        undo_change(change=last, actor=user)
        play.book.change_rules(at, last.event.old or {})


def change_and_undo_rules(play: Play, person: str, at: str, values: dict[str, Any]) -> None:
    """A change that is undone at once leaves every report where it stood."""
    before, done = play.state(*play.reports), play.done
    set_rules(play, person, at, values)
    if play.done > done:
        done = play.done
        undo_rules(play, person, at)
        assert play.done > done, "the change could not be undone"
        assert play.state(*play.reports) == before, "an undone change left its mark"


def _counting(values: dict[str, Any]) -> dict[str, Any]:
    named = ("votes_needed", "maybe_means", "reasons_differ")
    return {name: value for name, value in values.items() if name in named}


def _has_done(change: RuleChange, told: dict[Any, int]) -> None:
    assert change.job is None or change.job.state == State.DONE, change.job.error
    did: dict[Any, int] = {}
    for effect in change.effects.filter(report__position__isnull=False):
        did[effect.kind] = did.get(effect.kind, 0) + 1
    assert did == told, "the change did something else than its preview said"


def turn(play: Play, person: str, at: str, state: str) -> None:
    """A stage is locked, closed or opened."""
    with play.trying(person) as user:
        play.enter(user, "set_protocol", at)
        turn_stage(stage=play.stage(at), state=state, reason="The month is over", actor=user)


def set_reasons(play: Play, person: str, backwards: bool) -> None:
    """The criteria get another order; what was decided keeps its reason."""
    with play.trying(person) as user:
        play.enter(user, "set_protocol")
        criteria = CRITERIA[::-1] if backwards else CRITERIA
        set_criteria(review=play.review, criteria=criteria, actor=user)


def let_go(play: Play, person: str, who: str) -> None:
    """A member leaves; nothing that they said goes with them."""
    with play.trying(person) as user:
        play.enter(user, "manage_members")
        remove_member(membership=_of(play, who), actor=user)


def give_roles(play: Play, person: str, who: str, roles: list[str]) -> None:
    """A member gets other roles; somebody who left comes back with them."""
    with play.trying(person) as user:
        play.enter(user, "manage_members")
        membership = _of(play, who)
        if membership.is_active:
            change_roles(membership=membership, roles=roles, actor=user)
        else:
            add_member(review=play.review, email=membership.user.email, roles=roles, actor=user)


def _of(play: Play, who: str) -> Membership:
    return Membership.objects.get(review=play.review, user=play.people[who])
