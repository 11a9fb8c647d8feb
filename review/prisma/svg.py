"""Building SVG: elements with classes and presentation attributes, never a style.

Presentation attributes carry the printed look and lose to any stylesheet rule, so one string is
a finished file and a picture that a page may restyle.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree

Element = ElementTree.Element

_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SANS = "Helvetica, Arial, 'Liberation Sans', sans-serif"


class Svg(str):
    """SVG text that is ready for a page: every outside word in it is escaped."""

    __slots__ = ()

    def __html__(self) -> str:
        """Tell template engines that this is markup."""
        return str(self)


def root(width: float, height: float, label: str, css: str) -> Element:
    """Start a picture of ``width`` x ``height`` pixels that scales by its view box."""
    return ElementTree.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "class": css,
            "viewBox": f"0 0 {_number(width)} {_number(height)}",
            "width": _number(width),
            "height": _number(height),
            "role": "group",
            "aria-label": clean(label),
            "font-family": _SANS,
        },
    )


def add(parent: Element, tag: str, css: str = "", **attributes: str | float) -> Element:
    """Append an element; an underscore in an attribute's name stands for a hyphen."""
    named = {
        name.replace("_", "-"): clean(value) if isinstance(value, str) else _number(value)
        for name, value in attributes.items()
    }
    return ElementTree.SubElement(parent, tag, {"class": css, **named} if css else named)


def text(parent: Element, words: str, css: str, **attributes: str | float) -> Element:
    """Append real text."""
    element = add(parent, "text", css, **attributes)
    element.text = clean(words)
    return element


def render(element: Element) -> Svg:
    """Give the markup; it is well-formed XML and valid inside an HTML page."""
    return Svg(ElementTree.tostring(element, encoding="unicode"))


def clean(words: str) -> str:
    """Drop the characters that XML cannot hold; escaping is the serialiser's work."""
    return _ILLEGAL.sub("", words)


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
