"""Conflicts: both votes side by side, and the decision that ends them, with its rationale."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from review.access import Access
from review.errors import ReviewError
from review.models import Membership, Report, Stage, StageName
from review.sent import number
from screening.access import enter_stage, get_live_report
from screening.errors import AlreadySettled, NotInConflict
from screening.forms.votes import RulingForm
from screening.models import Decision, Kind, Standing
from screening.querysets import criteria_in_force
from screening.services.in_force import held_of
from screening.services.opinions import keep_late_ruling
from screening.services.settle import Ruling, settle
from screening.services.settle import agree as record_agreement
from screening.views.pages import go, page, status_of
from screening.views.reading import text_of

PER_PAGE = 50


@require_GET
def conflicts(request: HttpRequest, slug: str, stage: str) -> HttpResponse:
    """Reports in conflict at a stage, in order of arrival. Their votes are complete."""
    access, at = enter_stage(request.user, slug, stage, to="see_decisions")
    after = number(request.GET.get("after")) or 0
    found = list(Standing.objects.in_conflict(at).filter(place__gt=after)[: PER_PAGE + 1])
    shown = found[:PER_PAGE]
    access.cover(*(standing.report for standing in shown))
    votes = Decision.objects.votes_on([standing.report_id for standing in shown], at)
    here = reverse("screening:conflicts", args=[slug, stage])
    context = {
        "access": access,
        "stage": at,
        "conflicts": [(standing.report, votes[standing.report_id]) for standing in shown],
        "previous_url": here if after else None,
        "next_url": f"{here}?after={shown[-1].place}" if len(found) > PER_PAGE else None,
    }
    return page(request, "conflicts", context)


@require_http_methods(["GET", "HEAD", "POST"])
def conflict(request: HttpRequest, slug: str, stage: str, pk: int) -> HttpResponse:
    """One conflict; an adjudicator settles it."""
    to = "settle" if request.method == "POST" else "see_decisions"
    access, at = enter_stage(request.user, slug, stage, to=to)
    report = get_live_report(access, pk)
    if request.method != "POST":
        return _show(request, access, at, report)
    form = RulingForm(request.POST)
    try:
        ruling = form.ruling()
        settled = settle(adjudicator=access.user, report=report, stage=at, ruling=ruling)
    except (AlreadySettled, NotInConflict) as error:
        return _too_late(request, access, at, report, ruling, error)
    except ReviewError as error:
        return _show(request, access, at, report, form=form, error=error)
    messages.success(request, f"Settled: {settled.get_choice_display().lower()}.")
    return go("conflicts", slug, stage)


@require_POST
def agree(request: HttpRequest, slug: str, stage: str, pk: int) -> HttpResponse:
    """My part of a consensus; the conflict ends when every voter has recorded the same."""
    access, at = enter_stage(request.user, slug, stage, to="vote")
    report = get_live_report(access, pk)
    form = RulingForm(request.POST)
    try:
        ruling = form.ruling()
        record_agreement(voter=access.user, report=report, stage=at, ruling=ruling)
    except (AlreadySettled, NotInConflict) as error:
        return _too_late(request, access, at, report, ruling, error)
    except ReviewError as error:
        return _show(request, access, at, report, form=form, error=error)
    if Standing.objects.in_conflict(at).filter(report=report).exists():
        messages.success(request, "Recorded. The conflict ends when the others agree.")
        return go("conflict", slug, stage, pk)
    messages.success(request, "Recorded. You all agree, so the conflict is settled.")
    return go("conflicts", slug, stage)


def _too_late(
    request: HttpRequest,
    access: Access,
    stage: Stage,
    report: Report,
    ruling: Ruling,
    error: ReviewError,
) -> HttpResponse:
    """Say who was quicker; what was written is kept as an opinion."""
    kept = keep_late_ruling(adjudicator=access.user, report=report, stage=stage, ruling=ruling)
    words = " What you decided is kept there as your opinion." if kept else ""
    messages.warning(request, f"{error}{words}")
    return go("decisions", access.review.slug, report.pk)


def _show(
    request: HttpRequest,
    access: Access,
    stage: Stage,
    report: Report,
    form: RulingForm | None = None,
    error: ReviewError | None = None,
) -> HttpResponse:
    standing = Standing.objects.in_conflict(stage).filter(report=report).first()
    if standing is None:
        messages.warning(request, str(error or "This report is not in conflict."))
        return go("decisions", access.review.slug, report.pk)
    context = _context(access, stage, report)
    settles = context["may_settle"]
    context["form"] = RulingForm.again(form, seen=standing.last_id, settles=settles)
    context["error"] = error
    return page(request, "conflict", context, status=status_of(request, error) if error else 200)


def _context(access: Access, stage: Stage, report: Report) -> dict[str, Any]:
    votes = Decision.objects.votes_on([report.pk], stage)[report.pk]
    heads = Decision.objects.on(report, stage).heads()
    voters = {vote.actor_id for vote in votes}
    voted = access.user.pk in voters
    return {
        "access": access,
        "stage": stage,
        **text_of(report),
        "criteria": criteria_in_force(stage.review_id),
        "full_text": stage.name == StageName.FULL_TEXT,
        "asks_reason": stage.name == StageName.FULL_TEXT or stage.ask_reasons,
        "held": list(held_of(report)) if stage.name == StageName.FULL_TEXT else [],
        "votes": votes,
        "on_copies": any(vote.report_id != report.pk for vote in votes),
        "former": Membership.objects.former(access.review),
        "parts": list(heads.filter(kind=Kind.AGREE).select_related("actor", "reason")),
        "opinions": list(heads.filter(kind=Kind.OPINION).select_related("actor", "reason")),
        "may_settle": access.role.may_settle() and (stage.voter_may_settle or not voted),
        "barred": access.role.may_settle() and voted and not stage.voter_may_settle,
        "may_agree": access.role.may_vote(stage.name)
        and stage.consensus
        and voted
        and len(voters) > 1,
    }
