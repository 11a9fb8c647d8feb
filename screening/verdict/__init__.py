"""What the votes on one report at one stage amount to: pending, a conflict, or a decision.

The rules are those of independent reviewers, most often two, and another person who settles
(Cochrane Handbook, chapter 4; PRISMA 2020 item 8). They are a pure function of rows that never
change, so the verdict of any report at any past moment, and under any other rules, can be computed
again.

A report that absorbed duplicates is judged by the votes of all its copies. A pending verdict is
one constant value: it says nothing of the votes already given, so it cannot unblind anybody.
"""

from screening.verdict.given import (
    PENDING,
    Agreement,
    Choice,
    Rules,
    SettledBy,
    Settlement,
    Status,
    Verdict,
    Vote,
)
from screening.verdict.judge import last_votes, verdict

__all__ = [
    "PENDING",
    "Agreement",
    "Choice",
    "Rules",
    "SettledBy",
    "Settlement",
    "Status",
    "Verdict",
    "Vote",
    "last_votes",
    "verdict",
]
