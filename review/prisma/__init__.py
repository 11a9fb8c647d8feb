"""PRISMA 2020: positions in, boxes out.

A review's flow is counted from aggregated positions (``tally``), the counts are checked against
the identities that every diagram must satisfy (``check``), and drawn as SVG (``diagram``) or
listed (``table``). Nothing here reads a database; the same functions serve a page, a command
and a notebook. Source of every box and rule: Page MJ et al., BMJ 2021;372:n71.
"""

from review.prisma.counts import Arm, Counts
from review.prisma.diagram import TableRow, diagram, table
from review.prisma.equations import Equation, check
from review.prisma.tally import Group, Source, Studies, tally

__all__ = [
    "Arm",
    "Counts",
    "Equation",
    "Group",
    "Source",
    "Studies",
    "TableRow",
    "check",
    "diagram",
    "table",
    "tally",
]
