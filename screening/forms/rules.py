"""The form of a stage's rules, its words for each rule, and what a change says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.text import capfirst

from review.models import Membership, Stage, StageName
from review.models.stages import MaybeMeans, QueueOrder, ReasonsDiffer, Voters
from review.services.stages import ON_ABSTRACTS_ONLY, RULES, rules_of


def _sentences(choices: Any) -> list[tuple[Any, str]]:
    return [(value, capfirst(label)) for value, label in choices]


def _radio(label: str, choices: Any, help_text: str = "") -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, choices=_sentences(choices), widget=forms.RadioSelect, help_text=help_text
    )


def _tick(label: str, help_text: str) -> forms.BooleanField:
    return forms.BooleanField(label=label, required=False, help_text=help_text)


class RulesForm(forms.Form):
    """Every rule of one stage; ``seen`` is the latest change that the page knew."""

    votes_needed = forms.TypedChoiceField(
        label="Votes needed on each report",
        choices=_sentences(Stage._meta.get_field("votes_needed").choices),
        coerce=int,
        widget=forms.RadioSelect,
        help_text="People who do not see each other\u2019s votes miss fewer studies. A report is "
        "decided when so many have voted and all agree; else it is a conflict.",
    )
    voters = _radio("Who votes", Voters.choices)
    chosen = forms.TypedMultipleChoiceField(
        label="The people chosen",
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Somebody who is taken off the list keeps the votes they gave; they count.",
    )
    maybe_means = _radio("What \u201cmaybe\u201d means", MaybeMeans.choices)
    reasons_differ = _radio("Exclusions for different reasons", ReasonsDiffer.choices)
    consensus = _tick(
        "The voters of a report may settle a conflict themselves",
        "By recorded consensus: each of them confirms the same decision after talking it over. "
        "Suits a team of two. An adjudicator may settle it at any time.",
    )
    voter_may_settle = _tick(
        "Adjudicators may settle a conflict in which they voted",
        "Otherwise another adjudicator has to.",
    )
    ask_reasons = _tick(
        "Ask for a reason when somebody excludes on title and abstract",
        "Nobody has to give one. PRISMA 2020 reports reasons at full text only.",
    )
    hide_authors = _tick(
        "Hide authors and journal from voters",
        "Also the identifiers of the publication, on every page and in every file, until the "
        "report is included or the stage is closed. Who does not vote here sees them.",
    )
    order = _radio(
        "The order in which reports come",
        QueueOrder.choices,
        "An order of chance keeps people from tiring at the same reports.",
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, stage: Stage, data: Any = None, **initial: Any) -> None:
        self.stage, self.former = stage, rules_of(stage)
        super().__init__(data, initial=self.former | initial)
        reviewers = Membership.objects.voters().filter(review=stage.review_id)
        people = [(m.user_id, str(m.user)) for m in reviewers.select_related("user")]
        chosen: Any = self.fields["chosen"]
        chosen.choices = sorted(people, key=lambda person: person[1])
        if stage.name == StageName.FULL_TEXT:
            for name in ON_ABSTRACTS_ONLY:
                del self.fields[name]

    def values(self) -> dict[str, Any]:
        """The rules that were sent; the list of people counts only while people are chosen."""
        sent = {name: self.cleaned_data[name] for name in RULES if name in self.cleaned_data}
        if sent["voters"] != Voters.CHOSEN:
            del sent["chosen"]
        return sent

    def changed(self) -> dict[str, Any]:
        """Those that differ from the rules in force."""
        sent = self.values()
        if "chosen" in sent:
            sent["chosen"] = sorted(sent["chosen"])
        return {name: value for name, value in sent.items() if value != self.former[name]}

    def told(self, old: dict[str, Any], new: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
        """Each rule that a change touches in words: its name, what it was, what it becomes."""
        for name in RULES:
            if name in new:
                label = type(self).base_fields[name].label
                yield str(label), self._words(name, old.get(name)), self._words(name, new[name])

    def _words(self, name: str, value: Any) -> str:
        if isinstance(value, bool):
            return "yes" if value else "no"
        if name == "chosen":
            known = dict(self.fields["chosen"].choices)  # type: ignore[attr-defined]
            names = [_name(each, known) for each in value or []]
            return ", ".join(names) or "nobody"
        choices: Any = type(self).base_fields[name]
        return str(dict(choices.choices).get(value, value))


def _name(person: Any, known: dict[int, str]) -> str:
    """The name of a person, from the log or by key."""
    return str(person["name"] if isinstance(person, dict) else known.get(person, "somebody"))


class ReasonForm(forms.Form):
    """Why something is done to a stage."""

    use_required_attribute = False  # a browser would also hold up whoever goes back

    reason = forms.CharField(
        label="Why",
        max_length=1000,
        error_messages={"required": "Say why."},
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Everybody in the review can read it on the protocol page.",
    )
