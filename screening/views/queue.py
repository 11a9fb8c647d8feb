"""My queue: one report at a time, a vote, the next one (Cochrane Handbook, chapter 4)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from review.errors import ReviewError
from review.models import Pair, Report, Stage, StageName
from review.sent import number
from screening.access import Access, enter_stage, get_judged_report, get_live_report, get_own_vote
from screening.errors import AlreadyComplete, AlreadySettled, MovedOn
from screening.forms.votes import BallotForm
from screening.models import Decision, Seat
from screening.services import seats
from screening.services.opinions import keep_late_vote
from screening.services.votes import cast_vote, withdraw_vote
from screening.views.pages import go, page, status_of
from screening.views.reading import last_return, last_vote, reading

CLOSED = (AlreadyComplete, AlreadySettled, MovedOn)


@require_GET
def queue(request: HttpRequest, slug: str, stage: str) -> HttpResponse:
    """The next report that awaits me, or word that none does or that the stage is shut."""
    access, at = enter_stage(request.user, slug, stage, to="vote")
    if not at.is_open:
        return page(request, "queue", {"access": access, "stage": at, "shut": True})
    seat = seats.next_seat(reviewer=access.user, stage=at)
    last = last_vote(access, at)
    voted = number(request.GET.get("voted"))
    context: dict[str, object] = {
        "last": last,
        "toast": last if last and last.pk == voted else None,
        "seat": seat,
    }
    if at.name == StageName.TITLE_ABSTRACT and access.role.may_answer_pairs():
        context["pairs_wait"] = Pair.objects.unanswered(access.review).exists()
    if seat is None:
        done = Seat.objects.done_by(access.user, at).count()
        return page(request, "queue", context | {"access": access, "stage": at, "n_done": done})
    if seat.returned:  # type: ignore[attr-defined]
        context["returned"] = last_return(seat.report, at)
    return page(request, "queue", context | reading(access, at, seat.report, known=None, form=None))


@require_http_methods(["GET", "HEAD", "POST"])
def vote(request: HttpRequest, slug: str, stage: str, pk: int) -> HttpResponse:
    """Decide on one report, or read again one that I decided and change my vote."""
    access, at = enter_stage(request.user, slug, stage, to="vote")
    if request.method != "POST":
        return _read_again(request, access, at, pk)
    form = BallotForm(request.POST)
    try:
        ballot = form.ballot(voter=access.user, stage=at, report=pk)
        decision = cast_vote(voter=access.user, stage=at, ballot=ballot)
    except CLOSED as error:
        kept = keep_late_vote(voter=access.user, stage=at, ballot=ballot)
        return _read_again(request, access, at, pk, form=form, error=error, kept=kept)
    except ReviewError as error:
        return _read_again(request, access, at, pk, form=form, error=error)
    if request.POST.get("back") == "mine":
        return go("mine", slug, stage, voted=decision.pk)
    return go("queue", slug, stage, voted=decision.pk)


def _read_again(
    request: HttpRequest,
    access: Access,
    stage: Stage,
    pk: int,
    form: BallotForm | None = None,
    error: ReviewError | None = None,
    kept: Decision | None = None,
) -> HttpResponse:
    report = get_judged_report(access, pk)
    mine = Decision.objects.latest_of(access.user, stage).with_changes()
    known = mine.filter(report=report).first()
    refused = isinstance(error, CLOSED) and report.pk == pk  # not when merged into another since
    closed = refused or not _is_mine(access, stage, report, known)
    context = reading(access, stage, report, known=known, form=form) | {
        "closed": closed,
        "shut": not stage.is_open and error is None,
        "error": error,
        "kept": kept,
        "returned": last_return(report, stage, known),
        "undone": request.GET.get("undone"),
        "back": "mine" if known else "",
        "last": last_vote(access, stage),
    }
    return page(request, "queue", context, status=status_of(request, error) if error else 200)


def _is_mine(access: Access, stage: Stage, report: Report, known: Decision | None) -> bool:
    """Whether this person has a say on the report: voted, holds it, or could take a seat."""
    return known is not None or seats.may_sit(reviewer=access.user, stage=stage, report=report)


@require_POST
def skip(request: HttpRequest, slug: str, stage: str, pk: int) -> HttpResponse:
    """Put the report aside; it returns when nothing else is left."""
    access, at = enter_stage(request.user, slug, stage, to="vote")
    seats.skip(reviewer=access.user, stage=at, report=get_live_report(access, pk))
    return go("queue", slug, stage)


@require_POST
def undo(request: HttpRequest, slug: str, stage: str, pk: int) -> HttpResponse:
    """Take back my own vote and show its report again."""
    access, at = enter_stage(request.user, slug, stage, to="vote")
    decision = get_own_vote(access, at, pk)
    report = decision.report.survivor_id or decision.report_id
    try:
        withdraw_vote(voter=access.user, decision=decision, nonce=f"undo-{decision.pk}")
    except ReviewError as error:
        return _read_again(request, access, at, report, error=error)
    if request.POST.get("back") == "mine":
        return go("mine", slug, stage, undone=decision.pk)
    return go("vote", slug, stage, report, undone=decision.choice)
