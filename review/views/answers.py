"""What a view answers to a POST."""

from __future__ import annotations

from django.http import HttpResponseRedirect
from django.urls import reverse


def see_other(name: str, *args: object) -> HttpResponseRedirect:
    """Answer with the page to look at next; a reload of that page sends nothing again."""
    return HttpResponseRedirect(reverse(name, args=args), status=303)
