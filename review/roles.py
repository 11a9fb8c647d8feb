"""What one person may do in one review: the value object that every access question is put to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Case, Exists, F, FilteredRelation, OuterRef, Q, Subquery, When

from review.models import Position, Record, Report, Review, Revision, Stage, StageName, Study, User
from review.models.stages import StageState, Voters

ROLES = ("lead", "reviewer", "adjudicator", "observer")
EVERYWHERE = frozenset(StageName.values)
UNDECIDED = (Position.SCREENING, Position.EXCLUDED)  # where a vote on the abstract may still change
NOT_CHOSEN, CHOSEN, CHOSEN_AND_BLIND = range(3)


@dataclass(frozen=True, slots=True)
class Role:
    """What one person may do in one review. A person may hold several roles.

    ``votes_at`` are the stages whose voters a reviewer belongs to; ``is_blind`` says that authors
    and journal of reports on whose abstracts they vote are hidden from them.
    """

    lead: bool = False
    reviewer: bool = False
    adjudicator: bool = False
    observer: bool = False
    site_admin: bool = False
    votes_at: frozenset[str] = EVERYWHERE
    is_blind: bool = False

    def may_set_protocol(self) -> bool:
        """Set protocol, criteria, searches and the extraction form."""
        return self.lead

    def may_move_reports(self) -> bool:
        """Return decided reports to a stage, remove reports before screening, and restore them."""
        return self.lead

    def may_schedule(self) -> bool:
        """Say when searches are run again by themselves."""
        return self.lead or self.site_admin

    def may_manage_members(self) -> bool:
        """Add members and change their roles."""
        return self.lead or self.site_admin

    def may_vote(self, at: str = "") -> bool:
        """Vote at a stage, or at any; a lead or adjudicator only if also reviewer."""
        return self.reviewer and (at in self.votes_at if at else bool(self.votes_at))

    def may_vote_on_abstracts(self) -> bool:
        """Vote on title and abstract."""
        return self.may_vote(StageName.TITLE_ABSTRACT)

    def may_vote_on_full_texts(self) -> bool:
        """Vote on full texts."""
        return self.may_vote(StageName.FULL_TEXT)

    def may_settle(self) -> bool:
        """Settle conflicts."""
        return self.adjudicator

    def may_work(self) -> bool:
        """Retrieval status, full texts, linking reports, appraising, extracting."""
        return self.lead or self.reviewer

    def may_answer_pairs(self) -> bool:
        """Say whether two reports are the same, merge and split them."""
        return self.may_work() or self.adjudicator

    def may_read_full_texts(self) -> bool:
        """Open the stored full texts: every member, adjudicators and observers too."""
        return self.is_member()

    def may_see_counts(self) -> bool:
        """See the diagram, counts and records without anybody's votes."""
        return self.is_member() or self.site_admin

    def may_see_decisions(self) -> bool:
        """See complete decisions and exports: every member; never a site admin as such."""
        return self.is_member()

    def is_member(self) -> bool:
        """Hold any role of the review itself."""
        return self.lead or self.reviewer or self.adjudicator or self.observer


@dataclass(frozen=True, slots=True)
class Access:
    """A person in a review: what views pass on and templates ask."""

    user: User
    review: Review
    role: Role
    highlights: dict[str, str] = field(default_factory=dict)  # the person's own: {words: tone}

    def require(self, allowed: bool) -> None:
        """Raise 403 unless allowed."""
        if not allowed:
            raise PermissionDenied

    def cover(self, *reports: Report | None) -> None:
        """Hide from a blind voter who wrote these reports and where, as far as votes may change.

        A report that was merged away is covered like the one that absorbed it.
        """
        if not self.role.is_blind:
            return
        for report in reports:
            if report is None or report.face is None:
                continue
            report.face.is_covered = _is_undecided(report)

    def cover_record(self, record: Record, *texts: Revision | None) -> None:
        """The same for a record of a report: its texts, and the identifier that leads to them."""
        if self.role.is_blind and _is_undecided(record.report):
            record.identifier = "(identifier hidden)"
            for text in (record.current, *texts):
                if text is not None:
                    text.is_covered = True

    def cover_study(self, study: Study, reports: Iterable[Report]) -> None:
        """The same for the name of a study whose reports are all voted on again."""
        found = list(reports) if self.role.is_blind else []
        if found and all(_is_undecided(report) for report in found):
            study.label = f"Study {study.pk}"


def strictest_reader(review: Review) -> Access:
    """Somebody from whom is hidden what any voter of the review must not know: for shared files."""
    hiding = review.stages.filter(hide_authors=True).exclude(state=StageState.CLOSED)
    return Access(User(), review, Role(is_blind=hiding.exists()))


def _is_undecided(report: Report) -> bool:
    judged_as = report.survivor if report.survivor is not None else report
    return judged_as.position in UNDECIDED


def with_roles(rows: Any, user: User, memberships: str, review: str) -> Any:
    """Add the person's own membership to the row (a review or a stage) that is loaded anyway."""
    mine = Q(**{f"{memberships}__user": user})
    roles = {f"as_{role}": F(f"mine__is_{role}") for role in (*ROLES, "active")}
    roles["as_highlights"] = F("mine__highlights")
    votes = {f"at_{name}": _votes(name, user, review) for name in StageName.values}
    return rows.annotate(mine=FilteredRelation(memberships, condition=mine)).annotate(
        **roles, **votes
    )


def _votes(name: str, user: User, review: str) -> Subquery:
    """Whether the stage of this name counts the person among its voters, and blinds them."""
    named = Stage.chosen.through.objects.filter(stage=OuterRef("pk"), user=user)
    blind = Q(hide_authors=True) & ~Q(state=StageState.CLOSED)
    says = Case(
        When(Q(voters=Voters.CHOSEN) & ~Exists(named), then=NOT_CHOSEN),
        When(blind, then=CHOSEN_AND_BLIND),
        default=CHOSEN,
    )
    return Subquery(Stage.objects.filter(review=OuterRef(review), name=name).values_list(says)[:1])


def role_in(user: User, row: Any) -> Role:
    """The role of a person by a row that has what :func:`with_roles` adds."""
    takes_part = bool(row.as_active) and user.is_active
    roles = {role: takes_part and bool(getattr(row, f"as_{role}")) for role in ROLES}
    says = {name: getattr(row, f"at_{name}") for name in StageName.values}
    return Role(
        site_admin=user.is_superuser,
        votes_at=frozenset(name for name, said in says.items() if said != NOT_CHOSEN),
        is_blind=roles["reviewer"] and CHOSEN_AND_BLIND in says.values(),
        **roles,
    )


def role_of(user: User, review: Review) -> Role:
    """The role that a person holds in a review; none for a stranger."""
    row = with_roles(Review.objects.filter(pk=review.pk), user, "memberships", "pk").get()
    return role_in(user, row)
