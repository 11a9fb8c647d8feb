"""Forms of votes and settlements; what they must hold is checked by ``screening.services``."""

from __future__ import annotations

import secrets

from django import forms

from review.errors import Incomplete
from review.models import Stage, User
from screening.ballots import read
from screening.models import Choice
from screening.services.settle import Ruling
from screening.services.votes import Ballot

LONGEST_NOTE = 4000


class BallotForm(forms.Form):
    """One vote; the signed token says which report, text and criteria the page showed."""

    token = forms.CharField(widget=forms.HiddenInput)
    verdict = forms.ChoiceField(choices=Choice.choices)
    reason = forms.IntegerField(required=False)
    note = forms.CharField(
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Colleagues see it once all votes are in.",
    )

    def ballot(self, *, voter: User, stage: Stage, report: int) -> Ballot:
        """The vote that was sent. Raises Incomplete, with a sentence, when it is not one."""
        if not self.is_valid():
            raise Incomplete(self._problem())
        paper = read(self.cleaned_data["token"], voter=voter, stage=stage, report=report)
        return Ballot(
            report=report,
            choice=self.cleaned_data["verdict"],
            reason=self.cleaned_data["reason"],
            note=self.cleaned_data["note"],
            nonce=paper.nonce,
            revision=paper.revision,
            criteria=paper.criteria,
            supersedes=paper.known,
        )

    def _problem(self) -> str:
        if "note" in self.errors:
            return f"The note is too long. Shorten it to {LONGEST_NOTE:,} characters."
        if "verdict" in self.errors:
            return "Choose include, exclude or maybe."
        return "The page was incomplete. Reload it and decide again."


class RulingForm(forms.Form):
    """A settlement, or one voter's part of a consensus; ``seen`` is the last decision shown."""

    verdict = forms.ChoiceField(choices=[("include", "Include"), ("exclude", "Exclude")])
    reason = forms.IntegerField(required=False)
    rationale = forms.CharField(
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Why, so that readers can follow the decision.",
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)
    nonce = forms.CharField(max_length=40, widget=forms.HiddenInput)

    @classmethod
    def again(cls, sent: RulingForm | None, *, seen: int | None, settles: bool) -> RulingForm:
        """A form for the votes as they are now, with what was typed before kept."""
        kept = {"rationale": sent.data.get("rationale"), "reason": sent.reason_sent} if sent else {}
        form = cls(initial=kept | {"seen": seen, "nonce": secrets.token_hex(16)})
        form.fields["rationale"].required = settles
        form.fields["rationale"].label = "Rationale" if settles else "Why"
        return form

    @property
    def reason_sent(self) -> int | None:
        """The reason that was chosen, also when something else is missing."""
        self.is_valid()
        return self.cleaned_data.get("reason")

    def ruling(self) -> Ruling:
        """What was sent. Raises Incomplete, with a sentence, when something is missing."""
        if not self.is_valid():
            raise Incomplete(self._problem())
        return Ruling(
            choice=self.cleaned_data["verdict"],
            reason=self.cleaned_data["reason"],
            rationale=self.cleaned_data["rationale"],
            seen=self.cleaned_data["seen"],
            nonce=self.cleaned_data["nonce"],
        )

    def _problem(self) -> str:
        if "rationale" in self.errors:
            return f"The rationale is too long. Shorten it to {LONGEST_NOTE:,} characters."
        if "verdict" in self.errors:
            return "Choose include or exclude."
        return "The page was incomplete. Reload it and decide again."
