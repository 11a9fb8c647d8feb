"""Notices: errata, retractions, replies, comments, reprints, translations, protocols.

They are reports of their own.

They repeat the title of the report that they concern, and often its authors and place.
"""

from __future__ import annotations

import re

LANGUAGES = (
    "arabic|chinese|croatian|czech|danish|dutch|english|finnish|french|german|greek|hebrew|"
    "hungarian|italian|japanese|korean|norwegian|persian|polish|portuguese|romanian|russian|"
    "serbian|spanish|swedish|turkish|ukrainian"
)
# Matched at the start of a title in lower case, in which " : " stands for colon, full stop, dash
# and bracket, " ( " for an opening one. "Correction of anaemia" is an article, "Correction:
# anaemia" a notice.
_KINDS = {
    "erratum": r"(published )?(erratum|errata|corrigend(um|a))\b|addendum\b"
    r"|((author|publisher|editorial)s? )?corrections?( to\b| for\b| in\b| :|$)"
    r"|.*[:(] (published )?(erratum|corrigendum|((author|publisher)s? )?correction)$"
    r"|.* \( vol \d+ .*",
    "retraction": r"(notice|statement) of (retraction|removal|withdrawal)\b"
    r"|(withdrawal )?retraction( of\b| to\b| note\b| notice\b| :|$)"
    r"|(removal|withdrawal)( notice\b| :|$)|.*[:(] retraction( notice| note)?$",
    "expression of concern": r"(editorial )?expression of concern\b|.*[:(] expression of concern$",
    "reply": r"((the )?authors? |in )?(reply|response|rejoinder)( to\b| from\b| by\b| :|$)"
    r"|.* (reply|rejoinder|authors? response)$|.*[:(] (response|reply) to\b",
    "comment": r"(invited |editorial |expert )?(comment(ary|aries|s)?|discussion|critique)"
    r"( on\b| to\b| of\b| :|$)|re :|letter (to\b|regarding\b|:)|correspondence :"
    r"|.*[:(] (a |an |invited |editorial )?(comment(ary)?|letter to the editor)( on .*)?$",
    "reprint": r"(reprint(ed)?|republished|republication)( of\b| from\b| :|$)"
    r"|.*[:(] (reprint(ed)?|republished)( from\b.*| of\b.*| with\b.*)?$",
    "translation": rf".*[:(] (in )?({LANGUAGES}) (version|edition|translation)$",
    "protocol": r"(.* )?protocol\b",
}
_PATTERNS = tuple((kind, re.compile(pattern)) for kind, pattern in _KINDS.items())
_HINT = re.compile(
    r"errat|corrig|correc|addend|retract|withdraw|removal|concern|repl|respon|rejoin|comment"
    r"|discuss|critiq|letter|correspon|reprint|republi|protocol|vol|version|edition|translation|\bre\b"
)
_STOPS = re.compile(r"\s[-–—]\s|[:.;\[\]()]+|—")
_TYPES = {
    "published erratum": "erratum",
    "retraction of publication": "retraction",
    "retraction notice": "retraction",
    "expression of concern": "expression of concern",
}


def notice(title: str) -> str:
    """Name the kind of notice that a title announces; empty for an ordinary article."""
    lower = title.casefold()
    if not _HINT.search(lower):
        return ""
    stopped = _STOPS.sub(_stop, re.sub(r"['’]", "", lower))
    words = re.sub(r"[^\w:(]+", " ", stopped).strip(" :")
    return next((kind for kind, pattern in _PATTERNS if pattern.match(words)), "")


def notice_type(publication_types: tuple[str, ...]) -> str:
    """Name the kind of notice that PubMed's publication types announce."""
    kinds = (_TYPES.get(name.lower(), "") for name in publication_types)
    return next((kind for kind in kinds if kind), "")


def _stop(found: re.Match[str]) -> str:
    return " ( " if found[0] == "(" else " : "
