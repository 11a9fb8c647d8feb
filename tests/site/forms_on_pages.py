"""The forms and links of a page as a browser sees them: where they lead and what they send."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urlsplit

SENDING = ("input", "select", "textarea", "button")

Values = dict[str, list[str]]


@dataclass(slots=True)
class SentForm:
    """A form: its method, its address (empty: that of the page), every value it may send."""

    method: str
    action: str
    values: Values = field(default_factory=dict)

    def offer(self, name: str, value: str) -> None:
        """Note one value of a field."""
        self.values.setdefault(name, []).append(value)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[SentForm] = []
        self.named: dict[str, SentForm] = {}
        self.elsewhere: list[tuple[str, str, str]] = []
        self.links: list[str] = []
        self.form: SentForm | None = None
        self.select: tuple[str, str | None] | None = None

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attributes}
        if tag == "form":
            self.form = SentForm(found.get("method", "get").lower(), found.get("action", ""))
            self.forms.append(self.form)
            self.named[found.get("id", "")] = self.form
        elif tag == "option" and self.select:
            self.note(self.select[0], found.get("value", ""), self.select[1])
        elif tag in SENDING and found.get("name"):
            self.note(found["name"], found.get("value", ""), found.get("form"))
            if tag == "select":
                self.select = (found["name"], found.get("form"))
        self.links += [found[name] for name in ("href", "src", "hx-get") if found.get(name)]

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = None
        if tag == "select":
            self.select = None

    def note(self, name: str, value: str, owner: str | None) -> None:
        if owner is not None:
            self.elsewhere.append((owner, name, value))
        elif self.form is not None:
            self.form.offer(name, value)


def read(page: str) -> tuple[list[SentForm], list[str]]:
    """The forms and the links of a page."""
    reader = _Reader()
    reader.feed(page)
    for owner, name, value in reader.elsewhere:
        if owner in reader.named:
            reader.named[owner].offer(name, value)
    return reader.forms, reader.links


def asked_in(links: list[str]) -> Values:
    """The values of every name in the queries of these links."""
    found: Values = {}
    for link in links:
        for name, value in parse_qsl(urlsplit(link).query):
            found.setdefault(name, []).append(value)
    return found
