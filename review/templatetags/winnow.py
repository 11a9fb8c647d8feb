"""What templates may do: inline markup, numbers, dates, links of the frame, signs of the worker.

Text from outside is shown through ``inline`` and nothing else. Numbers carry thousands
separators; dates read "14 Mar 2026", so that nobody has to guess which part is the month.
"""

from __future__ import annotations

import datetime as dt

from django import template
from django.template import Context
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.dateformat import format as date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from review.citation import Citation
from review.markup import html
from review.models import FullText
from review.notices import Warned, warned
from review.pdfs import in_words, trouble_with
from review.signs import is_silent

register = template.Library()


@register.filter
def inline(text: str | None) -> SafeString:
    """Show inline markup of a title or an abstract; everything but i, b, sup, sub, u is escaped."""
    return mark_safe(html(text or ""))  # noqa: S308 - markup.html escapes all but five bare tags


@register.simple_tag(takes_context=True)
def marked(context: Context, text: str | None) -> SafeString:
    """Show text as ``inline`` does, with the page's ``highlights`` marked where it has some."""
    highlights = context.get("highlights")
    return mark_safe(highlights.html(text or "")) if highlights else inline(text)  # noqa: S308


@register.filter
def warnings(citation: Citation | None) -> list[Warned]:
    """What a reader must know of a text before reading on: retractions, concerns, corrections."""
    return warned(citation) if citation else []


@register.filter
def web(url: str) -> str:
    """The address for a link; of one that is not of the web, such as ``javascript:``, nothing."""
    return url if url.lower().startswith(("https://", "http://")) else "#"


@register.filter
def number(value: int | None) -> str:
    """Write a count with thousands separators: 3117 gives "3,117"; no value gives a dash."""
    return "–" if value is None else f"{value:,}"


@register.filter
def day(value: dt.date | None) -> str:
    """Write a date, or the day of a moment in the person's zone, as "14 Mar 2026"."""
    if value is None:
        return ""
    return date_format(_local(value), "j M Y")


@register.filter
def at(written: str) -> dt.datetime:
    """Read an aware time as it is kept in lists: "2026-03-14T02:30:00+00:00"."""
    return dt.datetime.fromisoformat(written)


@register.filter
def moment(value: dt.datetime | None) -> str:
    """Write an aware time in the person's zone as "14 Mar 2026, 14:02 UTC".

    The exact instant is in ``datetime``, the offset from UTC appears on hover.
    """
    if value is None:
        return ""
    local = timezone.localtime(value)
    offset = date_format(local, "O")
    return format_html(
        '<time datetime="{}" title="UTC{}:{}">{}</time>',
        value.isoformat(timespec="seconds"),
        offset[:3],
        offset[3:],
        date_format(local, "j M Y, H:i T"),
    )


@register.filter
def lost(held: FullText) -> str:
    """What happened to the file of a full text, as a sentence; nothing as long as it is there."""
    trouble = trouble_with(held)
    return in_words(held, trouble) if trouble else ""


@register.simple_tag
def jobs_are_delayed() -> bool:
    """Whether nothing was heard of the worker for so long that who waits should know."""
    return is_silent()


@register.simple_tag(takes_context=True)
def nav_link(
    context: Context,
    name: str,
    label: str,
    *args: str,
    when: object = True,
    here: str = "",
    stage: str = "",
) -> str:
    """Link to a named page if ``when`` holds; the page shown and its stage are marked as current.

    ``here`` is the stage of the page shown, ``stage`` the ones (parted by blanks) under this link.
    """
    if not when:
        return ""
    try:
        href = reverse(name, args=args)
    except NoReverseMatch:
        return ""
    request = context.get("request")
    if request is not None and request.path == href:
        return format_html('<a href="{}" aria-current="page">{}</a>', href, label)
    if here and here in stage.split():
        return format_html('<a href="{}" aria-current="true">{}</a>', href, label)
    return format_html('<a href="{}">{}</a>', href, label)


def _local(value: dt.date) -> dt.date:
    if isinstance(value, dt.datetime) and timezone.is_aware(value):
        return timezone.localtime(value)
    return value
