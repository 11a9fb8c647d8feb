"""The stages at which people vote, and the rules of each (PRISMA 2020 item 8).

A change of a rule is logged as an event with the former value; what the votes amount to under
the new one is worked out by ``screening.services.rules``, which is why only it may change them.
"""

from __future__ import annotations

import secrets

from django.db import models
from django.db.models import Q

MAX_VOTES = 4


class StageName(models.TextChoices):
    """The two screening stages of a review."""

    TITLE_ABSTRACT = "title_abstract", "title and abstract"
    FULL_TEXT = "full_text", "full text"


class MaybeMeans(models.TextChoices):
    """What a "maybe" does at title/abstract; conventions differ between tools."""

    INCLUDE = "include", "counts as include: the report goes on to full text"
    CONFLICT = "conflict", "always goes to settlement"
    TENTATIVE = "tentative", "moves on with another maybe or include; with exclude it is a conflict"


class ReasonsDiffer(models.TextChoices):
    """What exclusions with different reasons mean."""

    FIRST = "first", "excluded, with the reason that stands first in the criteria"
    CONFLICT = "conflict", "a conflict, until somebody settles the reason"


class Voters(models.TextChoices):
    """Who may vote at a stage."""

    ALL = "all", "every reviewer of the review"
    CHOSEN = "chosen", "only the people chosen below"


class QueueOrder(models.TextChoices):
    """In which order reports come to a person. Neither ever depends on anybody's vote."""

    ARRIVAL = "arrival", "in the order of arrival, the oldest first"
    RANDOM = "random", "in an order of chance, another one for each person, that stays as it is"


class StageState(models.TextChoices):
    """Whether votes and settlements are taken at a stage."""

    OPEN = "open", "open"
    LOCKED = "locked", "locked"
    CLOSED = "closed", "closed"


def new_seed() -> int:
    """Draw the number from which a stage's orders of chance are made."""
    return secrets.randbelow(1_000_000)


class Stage(models.Model):
    """The rules of one stage of one review, as the protocol states them, and its state.

    ``chosen`` says who may vote while ``voters`` is "chosen". ``state_reason`` and ``state_at``
    tell of the last time that it was locked, closed or opened; who did it is in the log.
    """

    review = models.ForeignKey("review.Review", models.CASCADE, related_name="stages")
    name = models.CharField(max_length=20, choices=StageName.choices)
    votes_needed = models.PositiveSmallIntegerField(
        default=2,
        choices=[
            (1, "one reviewer"),
            (2, "two reviewers, independently"),
            (3, "three reviewers, independently"),
            (4, "four reviewers, independently"),
        ],
    )
    voters = models.CharField(max_length=6, choices=Voters.choices, default=Voters.ALL)
    chosen = models.ManyToManyField("review.User", related_name="+", blank=True)
    maybe_means = models.CharField(
        max_length=10, choices=MaybeMeans.choices, default=MaybeMeans.INCLUDE
    )
    reasons_differ = models.CharField(
        max_length=10, choices=ReasonsDiffer.choices, default=ReasonsDiffer.FIRST
    )
    voter_may_settle = models.BooleanField(
        "an adjudicator may settle a conflict that they voted in", default=False
    )
    consensus = models.BooleanField(
        "the voters may settle a conflict themselves by recorded consensus", default=False
    )
    ask_reasons = models.BooleanField(
        "voters may name a reason when they exclude on title and abstract", default=False
    )
    hide_authors = models.BooleanField("authors and journal are hidden from voters", default=False)
    order = models.CharField(max_length=7, choices=QueueOrder.choices, default=QueueOrder.ARRIVAL)
    order_seed = models.PositiveIntegerField(default=new_seed)
    state = models.CharField(max_length=6, choices=StageState.choices, default=StageState.OPEN)
    state_reason = models.TextField(blank=True)
    state_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["review", "name"], name="one_stage_of_each_name"),
            models.CheckConstraint(
                name="stage_votes_needed_in_range",
                condition=Q(votes_needed__gte=1, votes_needed__lte=MAX_VOTES),
            ),
            models.CheckConstraint(
                name="authors_hidden_on_abstracts_only",  # a full text names them
                condition=Q(hide_authors=False) | Q(name=StageName.TITLE_ABSTRACT),
            ),
        ]

    def __str__(self) -> str:
        return self.get_name_display()

    @property
    def is_open(self) -> bool:
        """Whether votes and settlements are taken."""
        return self.state == StageState.OPEN
