"""The lists of words that are marked in titles and abstracts: the team's, and one's own."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from review.access import Access
from review.highlight import Highlights, Phrase
from review.models import Membership, Review
from review.services.log import log


def highlights_of(access: Access) -> Highlights:
    """Both lists, ready to be looked for; a word in both has the tone that the person gave it."""
    tones = access.review.highlights | access.highlights
    return Highlights(Phrase(words, tone) for words, tone in tones.items())


def set_own_highlights(access: Access, phrases: Iterable[Phrase]) -> None:
    """Replace the list that a member keeps for themselves."""
    own = Membership.objects.filter(review=access.review, user=access.user)
    own.update(highlights={phrase.words: phrase.tone for phrase in phrases})


@transaction.atomic
def set_team_highlights(access: Access, phrases: Iterable[Phrase]) -> None:
    """Replace the list of the review, and log what it was."""
    review = Review.objects.select_for_update(no_key=True).get(pk=access.review.pk)
    old, review.highlights = review.highlights, {p.words: p.tone for p in phrases}
    if old == review.highlights:
        return
    review.save(update_fields=["highlights"])
    what = "changed the words to mark"
    log(review=review, actor=access.user, what=what, old=old, new=review.highlights)
