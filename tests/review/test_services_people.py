"""Rules of accounts and memberships (roles: issue table; nobody's history goes with them)."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress

from review.errors import Incomplete, NotAllowed
from review.models import Event, Membership, User
from review.services.people import add_member, create_account, deactivate_member, set_roles
from tests.people import Team, team


@pytest.fixture
def t(db: None) -> Team:
    return team()


def membership(t: Team, user: User) -> Membership:
    return Membership.objects.get(review=t.review, user=user)


def test_account_has_one_verified_address_in_small_letters(db: None) -> None:
    user = create_account(email=" Cy@Example.ORG ", name="Cy")
    address = EmailAddress.objects.get()
    assert (user.email, address.email, address.verified) == (
        "cy@example.org",
        "cy@example.org",
        True,
    )
    assert not user.has_usable_password()
    assert not user.is_superuser


def test_new_member_gets_an_account_that_a_link_will_open(t: Team) -> None:
    added = add_member(review=t.review, email="cy@example.org", roles=["reviewer"], actor=t.lead)
    assert (added.role_names, added.user.has_usable_password()) == (["reviewer"], False)
    event = Event.objects.get(what="added a member", subject="cy@example.org")
    assert (event.actor, event.old, event.new) == (t.lead, [], ["reviewer"])


def test_somebody_with_an_account_keeps_it(t: Team) -> None:
    added = add_member(
        review=t.review, email="STRANGER@example.org", roles=["observer"], actor=t.lead
    )
    assert added.user == t.stranger


def test_adding_a_member_again_changes_the_roles(t: Team) -> None:
    add_member(review=t.review, email=t.ann.email, roles=["reviewer", "adjudicator"], actor=t.lead)
    assert membership(t, t.ann).role_names == ["reviewer", "adjudicator"]
    assert Membership.objects.filter(user=t.ann).count() == 1


@pytest.mark.parametrize("roles", [[], ["editor"], ["reviewer", "owner"]])
def test_member_needs_roles_that_exist(t: Team, roles: list[str]) -> None:
    with pytest.raises(Incomplete, match="at least one role"):
        set_roles(membership=membership(t, t.ann), roles=roles, actor=t.lead)
    assert membership(t, t.ann).role_names == ["reviewer"]


def test_roles_given_replace_those_held(t: Team) -> None:
    set_roles(membership=membership(t, t.ann), roles=["observer"], actor=t.lead)
    assert membership(t, t.ann).role_names == ["observer"]
    event = Event.objects.get(what="changed a member's roles")
    assert (event.old, event.new) == (["reviewer"], ["observer"])


def test_last_lead_can_neither_leave_nor_lose_the_role(t: Team) -> None:
    lead = membership(t, t.lead)
    with pytest.raises(NotAllowed, match="needs a lead"):
        set_roles(membership=lead, roles=["reviewer"], actor=t.lead)
    with pytest.raises(NotAllowed, match="needs a lead"):
        deactivate_member(membership=lead, actor=t.lead)
    assert membership(t, t.lead).is_lead
    assert membership(t, t.lead).is_active


def test_lead_of_another_review_does_not_count(t: Team) -> None:
    other = team("elsewhere", shared=t)
    set_roles(membership=membership(other, t.ann), roles=["lead"], actor=t.lead)
    with pytest.raises(NotAllowed):
        deactivate_member(membership=membership(t, t.lead), actor=t.lead)


def test_lead_who_left_does_not_count(t: Team) -> None:
    set_roles(membership=membership(t, t.ann), roles=["lead"], actor=t.lead)
    deactivate_member(membership=membership(t, t.ann), actor=t.lead)
    with pytest.raises(NotAllowed):
        deactivate_member(membership=membership(t, t.lead), actor=t.lead)


def test_member_who_leaves_is_kept_and_can_come_back(t: Team) -> None:
    deactivate_member(membership=membership(t, t.ann), actor=t.lead)
    assert not membership(t, t.ann).is_active
    assert not Membership.objects.active().filter(review=t.review, user=t.ann).exists()
    assert Event.objects.get(what="removed a member").old == ["reviewer"]
    add_member(review=t.review, email=t.ann.email, roles=["reviewer"], actor=t.lead)
    assert membership(t, t.ann).is_active
    last = Event.objects.filter(what="added a member").order_by("pk").last()
    assert last is not None
    assert (last.old, last.new) == ([], ["reviewer"])
