r"""LaTeX in BibTeX values: \"u is ü, \textsubscript{2} is <sub>2</sub>, and the other way round.

One pass over the text, with a stack for what is in braces. Unknown commands stay as they are.
"""

from __future__ import annotations

import re
import unicodedata

_SIGN = re.compile(r"\\[A-Za-z]+\*?|\\.|[{}$]|[^\\{}$]+|\\", re.DOTALL)

_ACCENTS = {"`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", "=": "\u0304"}
_ACCENTS |= {"u": "\u0306", ".": "\u0307", '"': "\u0308", "r": "\u030a", "H": "\u030b"}
_ACCENTS |= {"v": "\u030c", "c": "\u0327", "k": "\u0328", "d": "\u0323", "b": "\u0331"}

_LETTERS = {"ss": "ß", "o": "ø", "O": "Ø", "l": "ł", "L": "Ł", "ae": "æ", "AE": "Æ", "oe": "œ"}
_LETTERS |= {"OE": "Œ", "aa": "å", "AA": "Å", "i": "ı", "j": "ȷ", "dh": "ð", "DH": "Ð"}
_LETTERS |= {"th": "þ", "TH": "Þ", "dj": "đ", "DJ": "Đ", "ng": "ŋ", "NG": "Ŋ"}
_LETTERS |= {"textbackslash": "\\", "textasciitilde": "~", "textasciicircum": "^"}
_LETTERS |= {"textbraceleft": "{", "textbraceright": "}", "textdollar": "$", "textless": "<"}
_LETTERS |= {"textgreater": ">", "textemdash": "—", "textendash": "–", "textdegree": "°"}
_LETTERS |= {"textquoteright": "’", "textquoteleft": "‘", "textmu": "µ", "ldots": "…"}
_LETTERS |= {"dots": "…", "times": "×", "pm": "±", "leq": "≤", "geq": "≥", "le": "≤", "ge": "≥"}
_LETTERS |= {"circ": "°", "infty": "∞", "sim": "∼", "approx": "≈", "rightarrow": "→"}
_GREEK = "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho "
_GREEK += "sigma tau upsilon phi chi psi omega"
for _name, _small in zip(_GREEK.split(), "αβγδεζηθικλμνξοπρστυφχψω", strict=True):
    _LETTERS |= {_name: _small, _name.title(): _small.upper()}

_TAGS = {"textit": "i", "emph": "i", "textsl": "i", "textbf": "b", "underline": "u"}
_TAGS |= {"textsuperscript": "sup", "textsubscript": "sub", "^^": "sup", "__": "sub"}
_PLAIN = ("text", "textrm", "textup", "mathrm", "mathbf", "mathit", "mbox", "ensuremath")
_ESCAPES = {name: name for name in "&%$#_{}"} | {" ": " ", "\\": " ", "-": "", "/": "", ",": " "}

_AFTER, _UNKNOWN = "after a letter", "unknown"  # not names that a command can have

_OUT = {"\\": r"\textbackslash{}", "{": r"\textbraceleft{}", "}": r"\textbraceright{}"}
_OUT |= {"~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
_OUT |= {each: f"\\{each}" for each in "&%$#_"}
_SPECIAL = re.compile(r"[\\{}~^&%$#_]")
_COMMANDS = {"i": "textit", "b": "textbf", "u": "underline"}
_COMMANDS |= {"sup": "textsuperscript", "sub": "textsubscript"}
_TAGGED = re.compile(r"<(i|b|u|sup|sub)>([^<>]+)</\1>")
_DEEPEST = 10  # commands inside commands; deeper ones lose their style
_SCRIPT = re.compile(r"([\^_])([^\s{}\\])")


def decoded(text: str) -> str:
    """Turn LaTeX into text, with our tags for italic, bold, sub- and superscript."""
    if not any(sign in text for sign in "\\{}$"):
        return text
    parts: list[str] = []
    groups: list[tuple[str, int]] = []  # the command of each open brace, and where it began
    waiting = ""  # an accent or a style that still lacks what it applies to
    maths = False
    for sign in _SIGN.findall(text):
        if sign == "{":
            groups.append((waiting if len(groups) < _DEEPEST else "", len(parts)))
            waiting = ""
        elif sign == "}":
            waiting = _closed(groups, parts)
        elif sign == "$":
            maths, waiting = not maths, ""
        elif sign[0] == "\\" and len(sign) > 1:
            waiting = _command(sign[1:], waiting, parts)
        else:
            waiting = _text(sign, waiting, maths, parts)
    while groups:
        _closed(groups, parts)
    return "".join(parts)


def encoded(text: str) -> str:
    """Write text with our tags as LaTeX; braces are always balanced."""
    text = _SPECIAL.sub(lambda found: _OUT[found[0]], text)
    for _ in range(_DEEPEST):
        text = _TAGGED.sub(lambda found: f"\\{_COMMANDS[found[1]]}{{{found[2]}}}", text)
    return text


def _closed(groups: list[tuple[str, int]], parts: list[str]) -> str:
    """End a group: what it says gets the style that stood before its brace."""
    command, start = groups.pop() if groups else ("", 0)
    if command:
        parts[start:] = [_styled(command, "".join(parts[start:]))]
    return ""


def _command(name: str, waiting: str, parts: list[str]) -> str:
    """Deal with a command; give the one that waits for what follows."""
    name = name.rstrip("*")
    if name in _ACCENTS or name in _TAGS or name in _PLAIN:
        return name
    if name in _LETTERS:
        parts.append(_styled(waiting, _LETTERS[name]))
        return _AFTER if name.isalpha() and not waiting else ""
    if name in _ESCAPES:
        parts.append(_styled(waiting, _ESCAPES[name]))
    else:
        parts.append(f"\\{name}")
        return _UNKNOWN
    return ""


def _text(sign: str, waiting: str, maths: bool, parts: list[str]) -> str:
    """Add literal text; a waiting accent takes its first letter."""
    if waiting == _AFTER and not maths:  # a space behind \alpha only ends the command
        sign = sign.removeprefix(" ")
    elif waiting not in ("", _AFTER, _UNKNOWN):
        sign = sign.lstrip() if waiting in _ACCENTS else sign
        if not sign:
            return waiting
        parts.append(_styled(waiting, sign[0]))
        sign = sign[1:]
    if maths and sign.endswith(("^", "_")):
        parts.append(sign[:-1])
        return sign[-1] * 2
    parts.append(_SCRIPT.sub(_script, sign) if maths else sign)
    return ""


def _script(found: re.Match[str]) -> str:
    return _styled(found[1] * 2, found[2])


def _styled(command: str, text: str) -> str:
    if command in _ACCENTS and text:
        base = {"ı": "i", "ȷ": "j"}.get(text[0], text[0])
        return unicodedata.normalize("NFC", base + _ACCENTS[command]) + text[1:]
    if command in _TAGS and text:
        return f"<{_TAGS[command]}>{text}</{_TAGS[command]}>"
    return f"{{{text}}}" if command == _UNKNOWN else text
