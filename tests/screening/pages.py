"""Pages of screening as a browser without JavaScript uses them."""

from __future__ import annotations

import html
import re

from django.test import Client
from django.urls import reverse

from review.models import Review, User


def hidden(page: str, name: str) -> str:
    """The value of a hidden field of the page."""
    found = re.search(rf'name="{name}"\s+value="([^"]*)"', page)
    assert found, f"no hidden field {name}"
    return html.unescape(found[1])


def paper(
    client: Client, address: str, verdict: str, **more: object
) -> tuple[str, dict[str, object]]:
    """Open a page with a report to decide on; where its form is sent, and what."""
    return ballot(client.get(address).content.decode(), verdict, **more)


def ballot(page: str, verdict: str, **more: object) -> tuple[str, dict[str, object]]:
    """Where the form of a report to decide on is sent, and what."""
    action = re.search(r'class="decide"[^>]*?action="([^"]+)"', page)
    assert action, "no report to decide on"
    sent = {"token": hidden(page, "token"), "back": hidden(page, "back"), "verdict": verdict}
    return action[1], sent | more


def signed_in(user: User) -> Client:
    """A browser in which this person is logged in."""
    client = Client()
    client.force_login(user)
    return client


def url(name: str, review: Review, *args: object) -> str:
    """The address of a page of screening."""
    return reverse(f"screening:{name}", args=[review.slug, *args])
