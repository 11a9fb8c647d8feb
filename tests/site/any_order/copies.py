"""Duplicates that become one report, and two again."""

from __future__ import annotations

from review.models import Merge, Report
from screening.services.merging import merge_reports, split_reports, survivor_first
from tests.site.any_order.book import Joined
from tests.site.any_order.play import Play


def merge(play: Play, person: str, one: int, other: int) -> None:
    """Merge two reports; what both were is kept, to be compared after the split."""
    with play.trying(person) as user:
        play.enter(user, "work")
        survivor, absorbed = survivor_first(play.live(one), play.live(other))
        before = play.state(survivor.pk, absorbed.pk)
        made = merge_reports(survivor=survivor, absorbed=absorbed, why="Same trial", actor=user)
        play.book.touch(survivor.pk, absorbed.pk)
        play.book.joined[made.pk] = Joined(survivor.pk, absorbed.pk, before)


def split(play: Play, person: str, which: int) -> None:
    """Undo a merge: whoever acted on neither since finds both as they were."""
    if not play.book.joined:
        return
    key = sorted(play.book.joined)[which % len(play.book.joined)]
    with play.trying(person) as user:
        play.enter(user, "work")
        split_reports(merge=Merge.objects.get(pk=key), actor=user)
        joined = play.book.joined.pop(key)
        both = (joined.survivor, joined.absorbed)
        play.book.touch(*both)
        assert Report.objects.live().filter(pk__in=both).count() == 2
        if joined.before is not None:
            now = play.state(*both)
            lost, new = set(joined.before) - set(now), set(now) - set(joined.before)
            assert (lost, new) == (set(), set()), "the split did not restore what was"
