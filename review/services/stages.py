"""Writing a stage's rules and state; each change is one event with old, new and the reason.

What the votes amount to under other rules is worked out by ``screening.services``, which calls
these once it has made sure that the change may happen.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from review.errors import Incomplete
from review.models import Event, Membership, Stage, StageName, User
from review.models.stages import Voters
from review.services.log import log

RULES = (
    "votes_needed",
    "voters",
    "chosen",
    "maybe_means",
    "reasons_differ",
    "consensus",
    "voter_may_settle",
    "ask_reasons",
    "hide_authors",
    "order",
)
COUNTING_RULES = frozenset({"votes_needed", "maybe_means", "reasons_differ"})
ON_ABSTRACTS_ONLY = frozenset({"maybe_means", "ask_reasons", "hide_authors"})


def rules_of(stage: Stage) -> dict[str, Any]:
    """The rules of a stage by name, as plain values; ``chosen`` are the people's keys in order."""
    named = sorted(stage.chosen.values_list("pk", flat=True)) if stage.pk else []
    return {name: named if name == "chosen" else getattr(stage, name) for name in RULES}


@transaction.atomic
def set_rules(*, stage: Stage, actor: User | None, reason: str = "", **values: Any) -> Event | None:
    """Set rules of a stage (any of ``RULES``) and log the ones that change; None when none does.

    It does not judge any votes again. Raises Incomplete when fewer people are chosen than votes
    are needed, or one who is no reviewer: nothing could ever be decided.
    """
    unknown = set(values) - set(RULES)
    if unknown:
        raise TypeError(f"not a rule: {', '.join(sorted(unknown))}")
    row = Stage.objects.get(pk=stage.pk)
    former = rules_of(row)
    if "chosen" in values:
        values["chosen"] = sorted(set(values["chosen"]))
    changed = [name for name, value in values.items() if former[name] != value]
    if not changed:
        return None
    _refuse_impossible(row, former | values)
    for name in changed:
        if name == "chosen":
            row.chosen.set(values[name])
        else:
            setattr(row, name, values[name])
    row.save(update_fields=[name for name in changed if name != "chosen"])
    stage.refresh_from_db()
    return log(
        review=row.review,
        actor=actor,
        what=f"changed the rules of {row}",
        subject=row.name,
        old={name: _logged(name, former[name]) for name in changed},
        new={name: _logged(name, values[name]) for name in changed},
        reason=reason,
    )


def _refuse_impossible(stage: Stage, rules: dict[str, Any]) -> None:
    if stage.name == StageName.FULL_TEXT and rules["hide_authors"]:
        raise Incomplete("A full text names its authors, so they cannot be hidden at this stage.")
    if rules["voters"] != Voters.CHOSEN:
        return
    reviewers = Membership.objects.voters().filter(review=stage.review_id)
    able = reviewers.filter(user__in=rules["chosen"]).count()
    if able < len(rules["chosen"]):
        raise Incomplete("Choose among the people who are reviewers of this review now.")
    if able < rules["votes_needed"]:
        raise Incomplete(
            f"{rules['votes_needed']} votes are needed on each report, but only {able} "
            f"{'person is' if able == 1 else 'people are'} chosen. Choose more people, or ask for "
            "fewer votes."
        )


def _logged(name: str, value: Any) -> Any:
    """A value for the log; people with their names, because an address may pass to another."""
    if name != "chosen":
        return value
    people = User.objects.in_bulk(value)
    return [{"person": key, "name": str(people[key])} for key in value if key in people]


def former_values(event: Event) -> dict[str, Any]:
    """The values that a change of rules replaced, for ``set_rules``."""
    values = dict(event.old or {})
    if "chosen" in values:
        values["chosen"] = [each["person"] for each in values["chosen"]]
    return values


@transaction.atomic
def set_state(*, stage: Stage, state: str, did: str, reason: str, actor: User | None) -> Event:
    """Open, lock or close a stage; ``did`` says in the log what was done ("locked")."""
    old = stage.state
    stage.state, stage.state_reason, stage.state_at = state, reason, timezone.now()
    stage.save(update_fields=["state", "state_reason", "state_at"])
    return log(
        review=stage.review,
        actor=actor,
        what=f"{did} {stage}",
        subject=stage.name,
        old={"state": old},
        new={"state": state},
        reason=reason,
    )
