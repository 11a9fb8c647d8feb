"""The queue of possible duplicates: one question at a time, an answer, the next one."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from review.errors import ReviewError
from review.models import Pair
from review.models.matching import Link
from review.sent import number
from screening.access import MOST_AT_ONCE, Access, enter, get_pair, get_pairs
from screening.asking import Said, last_said, question, waiting
from screening.forms.duplicates import AcceptForm, AnswerForm
from screening.services.answering import accept_pairs, give_answer, reopen, take_back
from screening.views.pages import go, page, status_of


@require_GET
def pairs(request: HttpRequest, slug: str) -> HttpResponse:
    """The likeliest pair that waits for me, or the one after the pair that I skipped."""
    access = enter(request.user, slug, to="answer_pairs")
    return _show(request, access)


@require_POST
def pair(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Answer whether two reports are the same."""
    access = enter(request.user, slug, to="answer_pairs")
    asked, form = get_pair(access, pk), AnswerForm(request.POST)
    if not form.is_valid():
        return _show(request, access, key=pk, error="Choose an answer.", status=422)
    values = form.cleaned_data
    try:
        give_answer(pair=asked, answer=values["answer"], link=values["link"], actor=access.user)
    except ReviewError as error:
        status = status_of(request, error)
        return _show(request, access, error=str(error), status=status)
    return go("pairs", slug, answered=pk)


@require_POST
def pair_undo(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Take back my own answer and ask again."""
    access = enter(request.user, slug, to="answer_pairs")
    try:
        take_back(pair=get_pair(access, pk), actor=access.user)
    except ReviewError as error:
        return _show(request, access, error=str(error), status=status_of(request, error))
    return go("pairs", slug, pair=pk, undone=1)


@require_POST
def pair_again(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Ask again about two reports that somebody told apart or linked."""
    access = enter(request.user, slug, to="answer_pairs")
    try:
        reopen(pair=get_pair(access, pk), actor=access.user)
    except ReviewError as error:
        return _show(request, access, error=str(error), status=status_of(request, error))
    return go("pairs", slug, pair=pk)


def _show(
    request: HttpRequest,
    access: Access,
    *,
    key: int | None = None,
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    """One question with what was answered before it, and how many are left."""
    found, said = waiting(access), last_said(access)
    answered = number(request.GET.get("answered"))
    toast = said if said and said.pair.pk == answered else None
    behind = number(request.GET.get("after")) or answered
    place = _place(found, key or number(request.GET.get("pair")), behind, toast)
    context = {
        "access": access,
        "section": "review",
        "left": len(found),
        "nth": place + 1,
        "asked": question(access, found[place][1]) if found else None,
        "from_start": bool(found) and place == 0 and "after" in request.GET,
        "said": said,
        "toast": toast,
        "undone": "undone" in request.GET,
        "links": list(enumerate(Link.choices, start=1)),
        "error": error,
    }
    return page(request, "pairs", context, status=status)


def _place(
    found: list[tuple[float, int]], asked: int | None, behind: int | None, said: Said | None
) -> int:
    """Which of the waiting pairs to show: the one asked for, else the one behind another.

    So what was skipped comes back only when the end was reached.
    """
    keys = [key for _, key in found]
    if asked in keys:
        return keys.index(asked)
    if behind in keys:
        return (keys.index(behind) + 1) % len(keys)
    if said is None:
        return 0
    last = (-said.pair.score, said.pair.pk)
    return next((n for n, (score, key) in enumerate(found) if (-score, key) > last), 0)


@require_http_methods(["GET", "HEAD", "POST"])
def pairs_accept(request: HttpRequest, slug: str) -> HttpResponse:
    """Look at all pairs above a score, and say of all of them that they are the same."""
    access = enter(request.user, slug, to="answer_pairs")
    if request.method == "POST":
        chosen = get_pairs(access, request.POST.getlist("pair"))
        done = accept_pairs(review=access.review, pairs=chosen, actor=access.user)
        messages.success(request, done.sentence)
        return go("duplicates", slug)
    form = AcceptForm(request.GET if "score" in request.GET else None)
    context = {"access": access, "section": "review", "form": form, "most": MOST_AT_ONCE}
    if form.is_valid():
        least = form.cleaned_data["score"] / 100
        found = Pair.objects.unanswered(access.review).likelier_than(least)
        shown = list(found[:MOST_AT_ONCE])
        access.cover(*(report for pair in shown for report in (pair.first, pair.second)))
        context |= {"n": found.count(), "pairs": shown}
    return page(request, "pairs_accept", context)
