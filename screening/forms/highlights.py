"""The form of a list of words to be marked: one word or phrase on a line."""

from __future__ import annotations

from typing import Any

from django import forms

from review.highlight import EXCLUDE, INCLUDE, NEUTRAL, Phrase, fault

MOST = 200  # words or phrases in one list
LABELS = {
    INCLUDE: "Speaks for including",
    EXCLUDE: "Speaks for excluding",
    NEUTRAL: "Good to see",
}


class HighlightsForm(forms.Form):
    """Three lists of lines, by what the words speak for; ``prefix`` says whose they are."""

    def __init__(self, tones: dict[str, str], data: Any = None, *, prefix: str) -> None:
        super().__init__(data, prefix=prefix)
        lines: dict[str, list[str]] = {tone: [] for tone in LABELS}
        for words, tone in tones.items():
            lines[tone].append(words)
        for tone, label in LABELS.items():
            area = forms.Textarea(attrs={"rows": 6, "spellcheck": "false"})
            field = forms.CharField(label=label, required=False, max_length=20_000, widget=area)
            field.initial = "\n".join(lines[tone])
            self.fields[tone] = field

    def clean(self) -> dict[str, Any]:
        """Name each line that cannot be looked for, and each that stands in two lists."""
        values = super().clean() or self.cleaned_data
        seen: dict[str, str] = {}
        for tone in LABELS:
            for words in self._lines(tone):
                self._check(tone, words, seen.get(words.casefold(), tone))
                seen.setdefault(words.casefold(), tone)
        if len(seen) > MOST:
            raise forms.ValidationError(
                f"A list holds {MOST} words at most; these are {len(seen)}."
            )
        return values

    def _check(self, tone: str, words: str, first: str) -> None:
        if why := fault(words):
            self.add_error(tone, f"“{words[:40]}” {why}.")
        elif first != tone:
            self.add_error(tone, f"“{words}” stands under “{LABELS[first]}”, too.")

    def _lines(self, tone: str) -> list[str]:
        lines = str(self.cleaned_data.get(tone, "")).splitlines()
        return [" ".join(line.split()) for line in lines if line.strip()]

    def phrases(self) -> list[Phrase]:
        """The words of the three lists, each once whatever its case; call it when valid."""
        found = {w.casefold(): Phrase(w, tone) for tone in LABELS for w in self._lines(tone)}
        return list(found.values())
