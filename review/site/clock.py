"""The clock by which a person reads times: their own choice, for every review."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from review.services.people import set_zone
from review.zones import zones


class ZoneForm(forms.Form):
    """A time zone, or that of the site."""

    zone = forms.ChoiceField(
        label="Time zone",
        required=False,
        choices=lambda: [("", "As this site: UTC"), *zones()],
        help_text="The name of a large city where clocks show the same time as yours.",
    )


@require_http_methods(["GET", "POST"])
def time_zone(request: HttpRequest) -> HttpResponse:
    """Choose it; the page shows what time it is there now."""
    form = ZoneForm(request.POST or None, initial={"zone": request.user.zone})  # type: ignore[union-attr]
    if request.method == "POST" and form.is_valid():
        set_zone(user=request.user, zone=form.cleaned_data["zone"])  # type: ignore[arg-type]
        messages.success(request, "Times are shown by this clock from now on.")
        answer = redirect("site:time_zone")
        answer.status_code = 303
        return answer
    context = {"form": form, "now": timezone.now()}
    return render(request, "site/time_zone.html", context, status=422 if form.is_bound else 200)
