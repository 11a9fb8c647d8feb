"""Files of other sources: upload, look at what they give, confirm, undo."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from review.access import Access, enter, get_import, get_import_file, get_search
from review.citation import Citation
from review.errors import ReviewError
from review.forms.imports import PlanForm, UndoForm, UploadForm
from review.models import Import
from review.services.imports import (
    PASTED,
    confirm,
    discard,
    path_of,
    plain_name,
    read_again,
    receive,
)
from review.services.withdrawing import start_undo
from review.views.answers import see_other

Context = dict[str, Any]


@require_GET
def imports(request: HttpRequest, slug: str) -> HttpResponse:
    """The files that were imported, the newest first."""
    access = enter(request.user, slug)
    found = Import.objects.of(access.review)
    if not access.role.may_set_protocol():
        found = found.confirmed()
    return render(request, "review/imports.html", {"access": access, "imports": found})


@require_http_methods(["GET", "POST"])
def import_new(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Choose a file for a search, or paste a list."""
    access = enter(request.user, slug, to="set_protocol")
    search = get_search(access, pk)
    sent = request.method == "POST"
    form = UploadForm(request.POST, request.FILES) if sent else UploadForm()
    if sent and form.is_valid():
        name, chunks = _sent(form.cleaned_data)
        try:
            found = receive(search=search, name=name, chunks=chunks, actor=access.user)
        except ReviewError as error:
            form.add_error(None, str(error))
        else:
            return see_other("review:import_preview", slug, found.pk)
    context = {"access": access, "search": search, "form": form}
    return render(request, "review/import_new.html", context, status=422 if form.is_bound else 200)


def _sent(values: dict[str, Any]) -> tuple[str, Any]:
    upload = values["file"]
    if upload is None:
        return PASTED, [values["pasted"].encode()]
    return upload.name or "", upload.chunks()


@require_http_methods(["GET", "POST"])
def import_preview(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """What a file gives before anything of it is taken in; a POST reads it in another way."""
    access = enter(request.user, slug, to="set_protocol")
    found = get_import(access, pk)
    if found.run is not None:
        return see_other("review:run", slug, found.run_id)
    form = PlanForm(found, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            read_again(imported=found, plan=form.plan())
        except ReviewError as error:
            form.add_error(None, str(error))
            found = get_import(access, pk)
        else:
            return see_other("review:import_preview", slug, pk)
    status = 422 if form.is_bound else 200
    return render(request, "review/import.html", _preview(access, found, form), status=status)


def _preview(access: Access, found: Import, form: PlanForm) -> Context:
    first = found.preview.get("first", [])
    return {
        "access": access,
        "imported": found,
        "form": form,
        "hidden": access.role.is_blind and found.made_by_id != access.user.pk,
        "first": [(line, Citation.from_json(values)) for line, values in first],
        "same": Import.objects.same_file(found),
    }


@require_POST
def import_confirm(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Queue the import and show its progress."""
    access = enter(request.user, slug, to="set_protocol")
    found = get_import(access, pk)
    try:
        run = confirm(imported=found, actor=access.user)
    except ReviewError as error:
        messages.error(request, str(error))
        return see_other("review:import_preview", slug, pk)
    return see_other("review:run", slug, run.pk)


@require_POST
def import_discard(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Forget a file that was not imported."""
    access = enter(request.user, slug, to="set_protocol")
    found = get_import(access, pk)
    try:
        discard(imported=found)
    except ReviewError as error:
        messages.error(request, str(error))
        return see_other("review:import_preview", slug, pk)
    messages.success(request, "Discarded. Nothing of the file was taken in.")
    return see_other("review:search", slug, found.search_id)


@require_POST
def import_undo(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Withdraw the records of an import, for a reason."""
    access = enter(request.user, slug, to="set_protocol")
    found, form = get_import(access, pk), UndoForm(request.POST)
    if found.run is None:
        raise Http404
    try:
        reason = form.cleaned_data["reason"] if form.is_valid() else ""
        start_undo(imported=found, reason=reason, actor=access.user)
    except ReviewError as error:
        messages.error(request, str(error))
    return see_other("review:run", slug, found.run_id)


@require_GET
def import_file(request: HttpRequest, slug: str, pk: int) -> FileResponse:
    """Hand out a file as it came, never to be shown by the browser."""
    access = enter(request.user, slug, to="set_protocol")
    found = get_import_file(access, pk)
    path = path_of(found)
    if not path.is_file():
        raise Http404
    return FileResponse(
        path.open("rb"),
        as_attachment=True,
        filename=plain_name(found.name),
        content_type="application/octet-stream",
    )
