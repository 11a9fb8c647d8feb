"""Formulas as one line of inline markup: 10<sup>3</sup>, V̇O<sub>2max</sub>, (a + b)/c.

PubMed sends some formulas as MathML. Dropping its tags would turn 10³ into 103, so the parts that
carry meaning by their place (exponents, indices, fractions, roots) are written out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from html import escape

from lxml import etree

_INVISIBLE = str.maketrans("", "", "\u2061\u2062\u2063\u2064\u200b")
_SPACED = frozenset("=<>≤≥≈≠±∼→∈") | {"&lt;", "&gt;"}
_ACCENTS = dict.fromkeys(".˙", "\u0307") | dict.fromkeys("¯‾−", "\u0304")
_ACCENTS |= dict.fromkeys("^ˆ", "\u0302") | dict.fromkeys("~˜", "\u0303") | {"→": "\u20d7"}


def flat(formula: str) -> str:
    """Turn one ``<math>…</math>`` into inline markup; broken MathML gives its bare text."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    try:
        return " ".join(_shown(etree.fromstring(formula, parser)).split())
    except etree.XMLSyntaxError:
        return " ".join(re.sub(r"<[^<>]*>", "", formula).split())


def _shown(node: etree._Element) -> str:
    name = etree.QName(node).localname
    if name in ("mi", "mn", "mo", "mtext", "ms"):
        return _token(node)
    parts = [_shown(child) for child in node.iterchildren(etree.Element)]
    if name == "mmultiscripts":
        return _scripts(node, parts)
    layout = _LAYOUTS.get(name)
    if layout is None:
        return "".join(parts)
    count, write = layout
    return write(parts) if len(parts) >= count else "".join(parts)


def _token(node: etree._Element) -> str:
    text = escape("".join(node.itertext()).translate(_INVISIBLE), quote=False)
    if etree.QName(node).localname == "mtext":  # its spaces are meant: "<sup>3</sup>He MRI"
        return text
    text = text.strip()
    return f" {text} " if text in _SPACED else text


def _grouped(part: str) -> str:
    part = part.strip()
    return part if re.fullmatch(r"[\w.,]*|\(.*\)", part) else f"({part})"


def _over(parts: Sequence[str]) -> str:
    base, mark = parts[0], _ACCENTS.get(parts[1].strip())
    return base + mark if mark and len(base) == 1 else f"{base}<sup>{parts[1]}</sup>"


def _scripts(node: etree._Element, parts: list[str]) -> str:
    """Base first, then pairs (index, exponent); pairs after mprescripts stand before the base."""
    names = [etree.QName(child).localname for child in node.iterchildren(etree.Element)]
    turn = names.index("mprescripts") if "mprescripts" in names else len(parts)
    return _pairs(parts[turn + 1 :]) + "".join(parts[:1]) + _pairs(parts[1:turn])


def _pairs(scripts: Sequence[str]) -> str:
    marks = [("sub", "sup")[place % 2] for place in range(len(scripts))]
    written = zip(marks, scripts, strict=True)
    return "".join(f"<{mark}>{script}</{mark}>" for mark, script in written if script.strip())


_LAYOUTS: dict[str, tuple[int, Callable[[Sequence[str]], str]]] = {
    "msub": (2, lambda p: f"{p[0]}<sub>{p[1]}</sub>"),
    "msup": (2, lambda p: f"{p[0]}<sup>{p[1]}</sup>"),
    "msubsup": (3, lambda p: f"{p[0]}<sub>{p[1]}</sub><sup>{p[2]}</sup>"),
    "munder": (2, lambda p: f"{p[0]}<sub>{p[1]}</sub>"),
    "munderover": (3, lambda p: f"{p[0]}<sub>{p[1]}</sub><sup>{p[2]}</sup>"),
    "mover": (2, _over),
    "mfrac": (2, lambda p: f"{_grouped(p[0])}/{_grouped(p[1])}"),
    "msqrt": (1, lambda p: f"√{_grouped(''.join(p))}"),
    "mroot": (2, lambda p: f"<sup>{p[1]}</sup>√{_grouped(p[0])}"),
    "mfenced": (0, lambda p: f"({', '.join(p)})"),
    "mtr": (0, ", ".join),
    "mtable": (0, "; ".join),
    "mspace": (0, lambda p: " "),
    "semantics": (1, lambda p: p[0]),
}
