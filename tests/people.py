"""The people of the tests: one of each role, a stranger, and a site admin."""

from __future__ import annotations

from dataclasses import dataclass

from review.models import Membership, Review, User
from review.services.people import create_account
from review.services.protocol import create_review, set_criteria

PASSWORD = "correct horse battery"

CRITERIA = [
    ("Adults with chronic pain", "Wrong population"),
    ("Oral naltrexone, above 0.5 and up to 10 mg a day", "Wrong intervention"),
    ("Randomised or controlled trial", "Wrong study design"),
]


def person(email: str, name: str = "", *, site_admin: bool = False) -> User:
    """An account that can log in with ``PASSWORD``."""
    return create_account(
        email=email,
        name=name or email.split("@")[0].title(),
        password=PASSWORD,
        is_site_admin=site_admin,
    )


def member(review: Review, user: User, *roles: str) -> Membership:
    """Give a person roles in a review."""
    return Membership.objects.create(
        review=review, user=user, **{f"is_{role}": True for role in roles}
    )


@dataclass(frozen=True, slots=True)
class Team:
    """A review with everybody who matters around it."""

    review: Review
    lead: User
    ann: User
    bo: User
    adjudicator: User
    observer: User
    stranger: User
    admin: User


def team(slug: str = "ldn", *, shared: Team | None = None) -> Team:
    """A review with criteria, a lead (who also reviews nothing), two reviewers, an adjudicator,
    an observer, a stranger with another review's world, and a site admin.
    """
    who = shared or Team(
        None,  # type: ignore[arg-type]
        person("lead@example.org"),
        person("ann@example.org"),
        person("bo@example.org"),
        person("adjudicator@example.org"),
        person("observer@example.org"),
        person("stranger@example.org"),
        person("admin@example.org", site_admin=True),
    )
    review = create_review(slug=slug, title="Low-dose naltrexone for chronic pain", actor=None)
    set_criteria(review=review, criteria=CRITERIA, actor=None)
    member(review, who.lead, "lead")
    member(review, who.ann, "reviewer")
    member(review, who.bo, "reviewer")
    member(review, who.adjudicator, "adjudicator")
    member(review, who.observer, "observer")
    return Team(
        review, who.lead, who.ann, who.bo, who.adjudicator, who.observer, who.stranger, who.admin
    )
