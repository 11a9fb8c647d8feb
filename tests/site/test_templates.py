"""Templates keep to the content security policy and trust no text from outside."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.urls import reverse

TEMPLATES = Path(__file__).parents[2] / "templates"
HTML = sorted(TEMPLATES.rglob("*.html"))
ARGUMENTS = re.compile(r'(?<= )(slug|access\.review\.slug|stage|"title_abstract"|"full_text")(?= )')
FORBIDDEN = {
    "inline style": r"\sstyle=|<style",
    "inline script": r"<script(?![^>]*\bsrc=)|\son\w+=|javascript:|hx-on|\bjs:",
    "text that is not escaped": r"\|\s*safe\b|autoescape off",
    "an address of another site in a page's parts": r"(?:src|action)=[\"']https?:",
}


@pytest.mark.parametrize("rule", FORBIDDEN)
def test_no_template_has(rule: str) -> None:
    assert [
        str(template.relative_to(TEMPLATES))
        for template in HTML
        if re.search(FORBIDDEN[rule], template.read_text(), re.IGNORECASE)
    ] == []


def test_no_template_is_longer_than_a_screen_or_two() -> None:
    lengths = {
        str(template.relative_to(TEMPLATES)): len(template.read_text().splitlines())
        for template in HTML
    }
    assert {name: n for name, n in lengths.items() if n > 80} == {}


def links_of_the_frame() -> list[tuple[str, list[str]]]:
    """The names that templates give to ``nav_link``, with placeholders for their arguments."""
    sources = "".join(template.read_text() for template in HTML)
    found = re.findall(r'nav_link "([\w:]+)" "[^"]+"([^%]*)%', sources)
    return [(name, ARGUMENTS.findall(rest)) for name, rest in found]


@pytest.mark.parametrize(("name", "arguments"), links_of_the_frame())
def test_the_frame_links_only_to_pages_that_exist(name: str, arguments: list[str]) -> None:
    values = {"slug": "ldn", "access.review.slug": "ldn", "stage": "full_text"}
    reverse(name, args=[values.get(word, word.strip('"')) for word in arguments])
