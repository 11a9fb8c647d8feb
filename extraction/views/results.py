"""Results of a study: adding and changing one."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from extraction.access import get_result
from extraction.errors import status_of
from extraction.forms.studies import ResultForm
from extraction.services.results import add_result, change_result
from review.access import enter, get_study
from review.errors import ReviewError
from review.views.answers import see_other


@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Add a result to a study."""
    access = enter(request.user, slug, to="work")
    study = get_study(access, pk)
    form = ResultForm(request.POST or None)
    status = 422 if form.errors else 200
    if request.method == "POST" and form.is_valid():
        try:
            add_result(study=study, actor=access.user, **form.cleaned_data)
            messages.success(request, "Result added.")
            return see_other("extraction:study", slug, pk)
        except ReviewError as error:
            form.add_error(None, str(error))
            status = status_of(error)
    context = {"access": access, "study": study, "form": form}
    return render(request, "extraction/result_form.html", context, status=status)


@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Change a result; what it was stays in the log."""
    access = enter(request.user, slug, to="work")
    result = get_result(access, pk)
    form = ResultForm(request.POST or None, instance=get_result(access, pk))
    status = 422 if form.errors else 200
    if request.method == "POST" and form.is_valid():
        try:
            change_result(result=result, actor=access.user, **form.cleaned_data)
            messages.success(request, "Result saved.")
            return see_other("extraction:study", slug, result.study_id)
        except ReviewError as error:
            form.add_error(None, str(error))
            status = status_of(error)
    context = {"access": access, "study": result.study, "result": result, "form": form}
    return render(request, "extraction/result_form.html", context, status=status)
