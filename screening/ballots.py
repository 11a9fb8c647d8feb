"""The signed ballot paper of a page: what it showed to whom, so that a vote needs no look-up.

It is signed, not secret: it holds nothing but the reader's own state.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from django.core import signing

from review.errors import Incomplete
from review.models import Report, Stage, User

SALT = "screening.ballot"


@dataclass(frozen=True, slots=True)
class Paper:
    """What the page showed: keys of the text and criteria, and the reader's vote it knew."""

    voter: int
    stage: int
    report: int
    revision: int | None
    criteria: int | None
    known: int | None
    nonce: str


def issue(
    *, voter: User, stage: Stage, report: Report, criteria: int | None, known: int | None
) -> str:
    """Make the token of a page; each has a nonce of its own, so that it is counted once."""
    nonce = secrets.token_hex(16)
    values = [voter.pk, stage.pk, report.pk, report.face_id, criteria, known, nonce]
    return signing.dumps(values, salt=SALT)


def read(token: str, *, voter: User, stage: Stage, report: int) -> Paper:
    """Open a token. Raises Incomplete for one that was altered or made for something else."""
    try:
        paper = Paper(*signing.loads(token, salt=SALT))
    except (signing.BadSignature, TypeError):
        paper = None
    if paper is None or (paper.voter, paper.stage, paper.report) != (voter.pk, stage.pk, report):
        raise Incomplete("The page was incomplete. Reload it and decide again.")
    return paper
