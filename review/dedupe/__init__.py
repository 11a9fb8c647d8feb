"""Matching: which records describe the same report.

Citations go in, clusters with their reasons come out. Merging two distinct reports loses one
for ever from a reviewer's sight, so every doubt answers "not the same": a rule must hold and no
veto may stand. Rules and thresholds were measured on public labelled sets of duplicates.

A record is read once (``sides``), found by its keys (``keys``, ``index``), compared (``pairs``),
judged by rules, vetoes and doubts (``verdicts``) and joined with others (``clusters``).
"""

from review.dedupe.keys import keys
from review.dedupe.matcher import Groups, Judged, Matcher, group
from review.dedupe.names import authors_alike
from review.dedupe.score import abstracts_alike, journals_alike, titles_alike
from review.dedupe.verdicts import Match, match

__all__ = [
    "Groups",
    "Judged",
    "Match",
    "Matcher",
    "abstracts_alike",
    "authors_alike",
    "group",
    "journals_alike",
    "keys",
    "match",
    "titles_alike",
]
