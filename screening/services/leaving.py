"""Members who leave, or lose a role: what they held goes back, what they did stays theirs."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction

from review.models import Membership, User
from review.services.people import deactivate_member, set_roles
from screening.services.seats import release_seats


@transaction.atomic
def remove_member(*, membership: Membership, actor: User) -> None:
    """Take a member out: open seats go back to the pool, votes and names stay."""
    deactivate_member(membership=membership, actor=actor)
    release_seats(reviewer=membership.user, review_id=membership.review_id)


@transaction.atomic
def change_roles(*, membership: Membership, roles: Collection[str], actor: User) -> Membership:
    """Give a member these roles; who is no reviewer any more gives open seats back."""
    changed = set_roles(membership=membership, roles=roles, actor=actor)
    if not changed.is_reviewer:
        release_seats(reviewer=changed.user, review_id=changed.review_id)
    return changed
