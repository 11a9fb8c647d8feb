"""Every pair of colours that the style sheets join can be read (WCAG 2.2, 1.4.3, 1.4.11)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TOKENS = Path(__file__).parents[2] / "review/static/review/tokens.css"
COLOURS = {
    name: (light, dark)
    for name, light, dark in re.findall(
        r"--([\w-]+): light-dark\(#(\w{6}), #(\w{6})\)", TOKENS.read_text()
    )
}
GROUNDS = ("bg", "surface", "hover")
WORDS = ("ink", "muted", "accent", "include", "exclude", "maybe")
TEXT = [(words, ground) for words in WORDS for ground in GROUNDS]
TEXT += [("ink", f"{hue}-wash") for hue in ("accent", "include", "exclude", "maybe")]
TEXT += [(hue, f"{hue}-wash") for hue in ("accent", "include", "exclude", "maybe")]
TEXT += [("on-accent", "accent")]
EDGES = [(edge, ground) for edge in ("edge", "accent", "exclude") for ground in ("bg", "surface")]


SHEETS = sorted(TOKENS.parent.glob("*.css"))


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_only_the_tokens_name_colours() -> None:
    named = {sheet.name for sheet in SHEETS if re.search(r"#\w{6}|rgb\(|hsl\(", sheet.read_text())}
    assert named == {"tokens.css"}


def test_the_formula_gives_the_known_extremes() -> None:
    assert contrast("000000", "FFFFFF") == pytest.approx(21)
    assert contrast("777777", "FFFFFF") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("words", "ground"), TEXT)
def test_text_stands_out_from_its_ground(words: str, ground: str, scheme: int) -> None:
    assert contrast(COLOURS[words][scheme], COLOURS[ground][scheme]) >= 4.5


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("edge", "ground"), EDGES)
def test_edges_of_controls_stand_out(edge: str, ground: str, scheme: int) -> None:
    assert contrast(COLOURS[edge][scheme], COLOURS[ground][scheme]) >= 3
