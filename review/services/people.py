"""Accounts and memberships. A member who leaves is deactivated; nothing of theirs goes."""

from __future__ import annotations

from collections.abc import Collection

from allauth.account.models import EmailAddress
from django.db import transaction

from review.errors import Incomplete, NotAllowed
from review.models import Membership, Review, User
from review.services.log import log
from review.zones import zones

ROLES = ("lead", "reviewer", "adjudicator", "observer")


@transaction.atomic
def create_account(
    *,
    email: str,
    name: str = "",
    password: str | None = None,
    is_site_admin: bool = False,
    actor: User | None = None,
) -> User:
    """Create an account whose address counts as verified; no password means a link will set it."""
    make = User.objects.create_superuser if is_site_admin else User.objects.create_user
    user = make(email, password, name=name)
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    new = {"name": name, "site admin": is_site_admin}
    log(review=None, actor=actor, what="made an account", subject=user.email, new=new)
    return user


@transaction.atomic
def change_account(
    *, user: User, actor: User | None, email: str, name: str, is_active: bool, is_site_admin: bool
) -> None:
    """Change an account; the address that it logs in with follows, its sessions end when closed.

    Nothing happens and nothing is logged when all values are as they were.
    """
    email = email.strip().lower()
    new = {"email": email, "name": name, "active": is_active, "site admin": is_site_admin}
    current = User.objects.get(pk=user.pk)
    old = {
        "email": current.email,
        "name": current.name,
        "active": current.is_active,
        "site admin": current.is_superuser,
    }
    if old == new:
        return
    user.email, user.name, user.is_active = email, name, is_active
    user.is_staff = user.is_superuser = is_site_admin
    user.save(update_fields=["email", "name", "is_active", "is_staff", "is_superuser"])
    addresses = EmailAddress.objects.filter(user=user)
    if not addresses.filter(email=email, primary=True).exists():
        addresses.delete()
        EmailAddress.objects.create(user=user, email=email, primary=True, verified=True)
    what, subject = "changed an account", current.email
    log(review=None, actor=actor, what=what, subject=subject, old=old, new=new)


def set_zone(*, user: User, zone: str) -> None:
    """Show times to a person by the clock of this zone; by the site's for none.

    Raises Incomplete for one that there is not.
    """
    if zone and zone not in dict(zones()):
        raise Incomplete("Choose a time zone of the list.")
    user.zone = zone
    user.save(update_fields=["zone"])


@transaction.atomic
def add_member(
    *, review: Review, email: str, roles: Collection[str], actor: User | None, name: str = ""
) -> Membership:
    """Make a person a member, with an account if they have none, or change their roles.

    The caller sends or shows ``membership.user`` a link to set a password while the account has
    none. Raises Incomplete without a role.
    """
    user = User.objects.filter(email=email.strip().lower()).first()
    if user is None:
        user = create_account(email=email, name=name, actor=actor)
    membership = Membership.objects.filter(review=review, user=user).first()
    if membership is None:
        membership = Membership(review=review, user=user)
    return _set_roles(membership, roles, actor, "added a member")


@transaction.atomic
def set_roles(*, membership: Membership, roles: Collection[str], actor: User | None) -> Membership:
    """Give a member these roles and no others."""
    return _set_roles(membership, roles, actor, "changed a member's roles")


def _set_roles(
    membership: Membership, roles: Collection[str], actor: User | None, what: str
) -> Membership:
    if not roles or set(roles) - set(ROLES):
        raise Incomplete("Choose at least one role: lead, reviewer, adjudicator or observer.")
    old = membership.role_names if membership.pk and membership.is_active else []
    if "lead" in old and "lead" not in roles:
        _keep_a_lead(membership)
    for role in ROLES:
        setattr(membership, f"is_{role}", role in roles)
    membership.is_active = True
    membership.save()
    log(
        review=membership.review,
        actor=actor,
        what=what,
        subject=membership.user.email,
        old=old,
        new=membership.role_names,
    )
    return membership


@transaction.atomic
def deactivate_member(*, membership: Membership, actor: User | None) -> None:
    """Take a member out of the review; votes, judgements and the name stay.

    Raises NotAllowed for the last lead. Seats are released by ``screening.services``.
    """
    if membership.is_lead:
        _keep_a_lead(membership)
    membership.is_active = False
    membership.save(update_fields=["is_active"])
    log(
        review=membership.review,
        actor=actor,
        what="removed a member",
        subject=membership.user.email,
        old=membership.role_names,
        new=[],
    )


def _keep_a_lead(membership: Membership) -> None:
    """Refuse to take the last lead; two leads who leave at once wait for each other here."""
    Review.objects.select_for_update().get(pk=membership.review_id)
    others = Membership.objects.active().filter(review=membership.review, is_lead=True)
    if not others.exclude(pk=membership.pk).exists():
        raise NotAllowed("A review needs a lead. Make somebody else lead first.")
