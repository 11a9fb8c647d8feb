"""The rules of a stage: one form, what a change would do, what it did, and the way back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HTMX_STOP_POLLING

from review.access import Access
from review.errors import ReviewError
from review.models import Stage
from review.paging import page as cut_page
from review.services import jobs
from review.services.stages import COUNTING_RULES
from screening.access import enter_stage, get_rule_change
from screening.forms.rules import ReasonForm, RulesForm
from screening.judging import effects, rules_with, tally
from screening.models import Decision, RuleChange
from screening.services.rules import being_applied, change_rules, latest_change, undo_change
from screening.views.pages import go, page, status_of


@require_http_methods(["GET", "HEAD", "POST"])
def rules(request: HttpRequest, slug: str, stage: str) -> HttpResponse:
    """The form; what it would change is shown first once people have voted."""
    access, at = enter_stage(request.user, slug, stage, to="set_protocol")
    latest = latest_change(at)
    seen = latest.pk if latest else 0
    if request.method != "POST":
        return _show(request, access, at, RulesForm(at, seen=seen))
    form, why = RulesForm(at, request.POST), ReasonForm(request.POST)
    if not form.is_valid() or request.POST.get("act") == "back":
        return _show(request, access, at, form)
    if form.cleaned_data["seen"] != seen:
        return _overtaken(request, access, at, seen)
    begun = Decision.objects.filter(stage=at).exists()
    if form.changed() and begun and request.POST.get("act") != "change":
        return _preview(request, access, at, form, ReasonForm())
    try:
        change = _change(access, at, form, why)
    except ReviewError as error:
        if begun and form.changed():
            return _preview(request, access, at, form, why, error)
        form.add_error(None, str(error))
        return _show(request, access, at, form)
    return _done(request, access, change)


def _overtaken(request: HttpRequest, access: Access, at: Stage, seen: int) -> HttpResponse:
    """What was sent, to be sent again by somebody who has seen what a colleague changed."""
    sent = request.POST.copy()
    sent["seen"] = str(seen)
    form = RulesForm(at, sent)
    form.add_error(None, "Somebody else changed these rules since you began. Look at them below.")
    return _show(request, access, at, form, status=409)


def _change(access: Access, at: Stage, form: RulesForm, why: ReasonForm) -> RuleChange:
    return change_rules(
        stage=at,
        values=form.values(),
        seen=form.cleaned_data["seen"],
        actor=access.user,
        reason=why.cleaned_data["reason"] if why.is_valid() else "",
    )


def _done(request: HttpRequest, access: Access, change: RuleChange) -> HttpResponse:
    messages.success(request, f"The rules on {change.stage} are changed.")
    return go("rule_change", access.review.slug, change.stage.name, change.pk)


def _show(
    request: HttpRequest, access: Access, at: Stage, form: RulesForm, status: int = 422
) -> HttpResponse:
    changes = RuleChange.objects.filter(stage=at).select_related("event__actor", "job")
    context = {
        "access": access,
        "stage": at,
        "form": form,
        "begun": Decision.objects.filter(stage=at).exists(),
        "changes": changes[:20],
        "applying": being_applied(at),
    }
    return page(request, "rules", context, status=status if form.errors else 200)


def _preview(
    request: HttpRequest,
    access: Access,
    at: Stage,
    form: RulesForm,
    why: ReasonForm,
    error: ReviewError | None = None,
) -> HttpResponse:
    """What the change would do. Who votes at the stage is not told what waits for votes."""
    changed = form.changed()
    votes = access.role.may_vote(at.name)
    counted = bool(changed.keys() & COUNTING_RULES)
    context = {
        "access": access,
        "stage": at,
        "form": form,
        "why": why,
        "error": error,
        "told": list(form.told(form.former, changed)),
        "counted": counted,
        "blinded": counted and votes,
        "groups": effects(at, rules_with(at, **changed), waiting=not votes) if counted else [],
    }
    status = status_of(request, error) if error else 200
    return page(request, "rules_preview", context, status=status)


@require_GET
def rule_change(request: HttpRequest, slug: str, stage: str, pk: int) -> HttpResponse:
    """One change: who made it and why, how far it is applied, what it did to which report."""
    access, at = enter_stage(request.user, slug, stage, to="set_protocol")
    change = get_rule_change(access, at, pk)
    if request.htmx:  # type: ignore[attr-defined]
        return _progress(request, access, change)
    rows = change.effects.select_related("report__face").defer("report__face__raw")
    cut = cut_page(rows, "pk", request.GET)
    form = RulesForm(at)
    context = {
        "access": access,
        "stage": at,
        "change": change,
        "told": list(form.told(change.event.old or {}, change.event.new or {})),
        "groups": tally(change),
        "rows": cut.rows,
        "previous_url": f"?before={cut.before}" if cut.before else None,
        "next_url": f"?after={cut.after}" if cut.after else None,
        "is_latest": latest_change(at) == change,
        "refresh_url": request.path,
    }
    return page(request, "rule_change", context)


def _progress(request: HttpRequest, access: Access, change: RuleChange) -> HttpResponse:
    """Only how far it is applied; at the end the page is fetched anew, with what it did."""
    done = change.job is None or not change.job.is_unfinished
    context = {"access": access, "job": change.job, "refresh_url": request.path}
    status = HTMX_STOP_POLLING if done else 200
    response = render(request, "_progress.html", context, status=status)
    if done:
        response["HX-Refresh"] = "true"
    return response


@require_POST
def rule_undo(request: HttpRequest, slug: str, stage: str, pk: int) -> HttpResponse:
    """Set the former rules back."""
    access, at = enter_stage(request.user, slug, stage, to="set_protocol")
    change = get_rule_change(access, at, pk)
    try:
        undone = undo_change(change=change, actor=access.user)
    except ReviewError as error:
        messages.error(request, str(error))
        return go("rule_change", slug, stage, pk)
    return _done(request, access, undone)


@require_POST
def rule_resume(request: HttpRequest, slug: str, stage: str, pk: int) -> HttpResponse:
    """Go on judging reports where a job stopped."""
    access, at = enter_stage(request.user, slug, stage, to="set_protocol")
    change = get_rule_change(access, at, pk)
    if change.job is not None and jobs.resume(job=change.job):
        messages.success(request, "It goes on where it stopped.")
    return go("rule_change", slug, stage, pk)
