"""Whether an act at a stage is let in: read under the report's lock, whatever the page showed."""

from __future__ import annotations

from review.errors import FormerMember, NotAVoter
from review.models.stages import Voters
from screening.errors import StageShut
from screening.services.in_force import InForce


def let_in(ground: InForce, *, to_vote: bool = False) -> None:
    """Refuse who left the review, acts at a stage that is not open, and voters not chosen.

    Raises FormerMember, StageShut or NotAVoter; nothing has been written then.
    """
    if ground.left:
        raise FormerMember
    if not ground.stage.is_open:
        raise StageShut(ground.stage)
    if to_vote and ground.stage.voters == Voters.CHOSEN and not ground.named:
        raise NotAVoter(str(ground.stage))
