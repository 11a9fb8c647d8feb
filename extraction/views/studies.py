"""Studies: the table, linking reports, and one study with its results."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from extraction.errors import status_of
from extraction.forms.studies import LinkForm
from extraction.overview import study_lines, unlinked
from extraction.services import studies as services
from extraction.study_page import reports_of, result_lines
from review.access import Access, enter, get_report, get_study
from review.errors import ReviewError
from review.views.answers import see_other


@require_GET
def studies(request: HttpRequest, slug: str) -> HttpResponse:
    """All studies of the review, and reports that no study has yet."""
    return _studies_page(request, enter(request.user, slug))


def _studies_page(
    request: HttpRequest, access: Access, form: LinkForm | None = None, status: int = 200
) -> HttpResponse:
    lines = study_lines(access.review, reader=access)
    loose = unlinked(access.review)
    context = {
        "access": access,
        "lines": lines,
        "unlinked": loose,
        "form": form or LinkForm(review=access.review),
    }
    return render(request, "extraction/studies.html", context, status=status)


@require_POST
def link(request: HttpRequest, slug: str) -> HttpResponse:
    """Link the ticked reports into one study."""
    access = enter(request.user, slug, to="work")
    form = LinkForm(request.POST, review=access.review)
    if not form.is_valid():
        return _studies_page(request, access, form, 422)
    try:
        study = services.link(review=access.review, actor=access.user, **form.cleaned_data)
    except ReviewError as error:
        form.add_error(None, str(error))
        return _studies_page(request, access, form, status_of(error))
    messages.success(request, f"Linked into {study}.")
    return see_other("extraction:study", slug, study.pk)


@require_POST
def start(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Open the study of one report; an unlinked report becomes a study of its own."""
    access = enter(request.user, slug, to="work")
    report = get_report(access, pk)
    try:
        study = services.start_study(report=report, actor=access.user)
    except ReviewError as error:
        messages.error(request, str(error))
        return see_other("extraction:studies", slug)
    return see_other("extraction:study", slug, study.pk)


@require_POST
def unlink(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Take a report out of its study."""
    access = enter(request.user, slug, to="work")
    report = get_report(access, pk)
    try:
        services.unlink(report=report, actor=access.user)
        messages.success(request, "Unlinked. The report stands under “Not linked yet” again.")
    except ReviewError as error:
        messages.error(request, str(error))
    return see_other("extraction:studies", slug)


@require_GET
def study(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """One study: its reports, its results with their appraisal, its extraction."""
    access = enter(request.user, slug)
    row = get_study(access, pk)
    context = {
        "access": access,
        "study": row,
        "line": next(iter(study_lines(access.review, [pk], access)), None),
        "reports": reports_of(access, row),
        "results": result_lines(row),
    }
    return render(request, "extraction/study.html", context)
