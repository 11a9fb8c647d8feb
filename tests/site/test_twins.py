"""Twin worlds: nothing that anybody receives differs with votes that are not complete.

Each twin is built in the place of the one before, with the same keys at the same moment, so that
two answers are alike byte for byte once tokens are masked. Every address is walked that an app
lists; a new page is compared without being named here.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import zip_longest
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from review.models import Job, Position, Report, User
from review.services import jobs
from review.site.exports import TABLES, TASK, write_export
from review.tables import FORMATS
from screening.models import Decision, Standing
from screening.querysets import COMPLETE
from screening.services.rules import change_rules, latest_change
from tests import factories
from tests.people import member, person, team
from tests.routes import Route
from tests.site import crawl
from tests.site.rows import distinct_keys, kind_of
from tests.site.watching import take
from tests.site.world import World, furnished

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 14, 9, 30, tzinfo=UTC)
READERS = ("ann", "boss", "adjudicator")  # a voter, a voter who leads, one who settles
STAGES = ("title_abstract", "full_text")
Said = tuple[str, ...]
TOKENS = [
    r'(?<=name="csrfmiddlewaretoken" value=")[^"]+',
    r'(?<=X-CSRFToken": ")[^"]+',
    r'(?<=name="token" value=")[^"]+',
    r'(?<=name="nonce" value=")[^"]+',
    r"(?<=/accounts/password/reset/key/)\S+",
]
Answers = dict[str, str]


@pytest.fixture(autouse=True)
def same_moment(db: None, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """The clock stands."""
    settings.MAIL_IS_SENT = True
    monkeypatch.setattr(timezone, "now", lambda: NOW)


def voters_of(here: World, needed: int) -> list[User]:
    """Ann's colleagues: Bo, and two more where four votes are needed."""
    more = [person(f"voter{n}@example.org") for n in range(needed - 2)]
    for each in more:
        member(here.review, each, "reviewer")
    return [here.bo, *more]


def ask_for(here: World, needed: int) -> None:
    """Let both stages need so many votes."""
    for name in STAGES if needed > 2 else ():
        stage, seen = here.stage(name), latest_change(here.stage(name))
        change_rules(stage=stage, values={"votes_needed": needed}, seen=seen.pk if seen else 0,
                     actor=here.lead, reason="Safer")  # fmt: skip


def twin(needed: int, said: Said) -> World:
    """A furnished review in which colleagues voted so on all that awaits Ann."""
    distinct_keys()
    here = furnished(team("ldn"), first=1001)
    here.boss = person("boss@example.org")  # type: ignore[attr-defined]
    member(here.review, here.boss, "lead", "reviewer")  # type: ignore[attr-defined]
    colleagues = voters_of(here, needed)
    ask_for(here, needed)
    full = factories.reports(factories.search(here.review, source="Scopus"), 2, first=800_001)
    for report in full:
        factories.include_on_abstract(report, here.ann, *colleagues[: needed - 1])
        factories.hold(report, here.lead)
    here.more["waiting"] = waiting(here)
    here.more["full"] = full
    for voter, choice in zip(colleagues, said, strict=False):
        for report in here.more["waiting"]:
            factories.vote(voter, report, choice)
        reason = "Wrong population" if choice == "exclude" else ""
        for report in full:
            whole = choice.replace("maybe", "include")  # nobody doubts a full text
            factories.vote(voter, report, whole, at="full_text", reason=reason)
    done = Standing.objects.filter(report__in=[*here.more["waiting"], *full])
    assert not done.filter(status__in=COMPLETE).exclude(
        stage__name="title_abstract", report__in=full
    )
    return here


def waiting(here: World) -> list[Report]:
    """Reports that nobody has voted on yet."""
    voted = Decision.objects.filter(review=here.review).values("report")
    live = Report.objects.of(here.review).at(Position.SCREENING)
    return list(live.exclude(pk__in=voted).order_by("place"))


def masked(answer: Any, body: str) -> str:
    """An answer with its status and headers, without its tokens."""
    left_out = ("Set-Cookie", "Content-Length", "Date")
    headers = sorted((k, v) for k, v in answer.headers.items() if k not in left_out)
    text = f"{answer.status_code} {headers}\n{body}"
    for pattern in TOKENS:
        text = re.sub(pattern, "#", text)
    return text


def addresses(here: World, reader: str) -> Iterator[str]:
    """Every page that the apps list, and those about a report for each kind that waits.

    The voter who leads is shown what Ann is; of them only what leads get besides, and the home.
    """
    roles = {"lead"} if reader == "boss" else {reader}
    known = {"ann"} if reader == "boss" else set()
    some = {"title_abstract": here.more["waiting"][0], "full_text": here.more["full"][0]}
    for route in crawl.GETS:
        if roles & route.allowed and (not known & route.allowed or route.name == "site:home"):
            yield crawl.address(route, here)
            yield from _about(route, here, some)
    for stage in STAGES if reader == "ann" else ():
        for name in ("queue", "mine", "conflicts", "agreement"):
            yield reverse(f"screening:{name}", args=[here.review.slug, stage])
    reports = reverse("review:reports", args=[here.review.slug])
    yield from (f"{reports}?position={each}" for each in ("screening", "assessing"))
    yield reverse("screening:removal_new", args=[here.review.slug]) + "?position=screening"


def _about(route: Route, here: World, some: dict[str, Report]) -> Iterator[str]:
    """The same page about a report that waits at each stage."""
    kwargs = {"slug": here.review.slug} | route.kwargs(here)
    if kind_of(kwargs.get("pk")) is Report:
        for stage, report in some.items():
            at = {"stage": stage} if "stage" in kwargs else {}
            yield reverse(route.name, kwargs=kwargs | at | {"pk": report.pk})


def pages(here: World, reader: str) -> Answers:
    """What somebody gets at every address."""
    found = {}
    for where in dict.fromkeys(addresses(here, reader)):
        taken = take(crawl.client_of(here, reader), "get", where)
        found[where] = masked(taken.answer, taken.body)
    return found


def answers(here: World, reader: str) -> Answers:
    """What somebody is told after sending each form; each is undone before the next."""
    found = {}
    for number, route in enumerate(crawl.POSTS):
        if reader in route.allowed:
            where = crawl.address(route, here)
            taken = take(crawl.client_of(here, reader), "post", where, route.data(here))
            found[f"{number} {where}"] = masked(taken.answer, taken.body)
    return found


def files(here: World) -> Answers:
    """Every table in every format, as everybody may download it."""
    found = {}
    for table in TABLES:
        for ending in FORMATS:
            made = jobs.enqueue(task=TASK, subject=table, key=f"{table} {ending}",
                                review=here.review, actor=here.lead,
                                arguments={"table": table, "format": ending})  # fmt: skip
            jobs.perform(made.pk, write_export)
            made = Job.objects.get(pk=made.pk)
            where = reverse("site:download", args=[here.review.slug, made.pk])
            answer = crawl.client_of(here, "ann").get(where)
            content = b"".join(answer)
            found[f"{table}.{ending}"] = masked(answer, cells(content, ending))
    return found


def cells(content: bytes, ending: str) -> str:
    """The cells of a table; an XLSX file also says when it was made."""
    if ending == "csv":
        return content.decode()
    (sheet,) = load_workbook(io.BytesIO(content)).worksheets
    return "\n".join(str([cell.value for cell in row]) for row in sheet.iter_rows())


def mails(here: World) -> Answers:
    """Every mail that the site sends."""
    mail.outbox.clear()
    cache.clear()
    link = reverse("site:member_link", args=[here.review.slug, here.newcomer.pk])
    crawl.client_of(here, "lead").post(link)
    Client().post(reverse("account_reset_password"), {"email": here.ann.email})
    found = {}
    for sent in mail.outbox:
        body = f"{sent.subject} {sent.from_email} {sorted(sent.extra_headers)} {sent.body}"
        found[str(sent.to)] = re.sub(TOKENS[-1], "#", body)
    assert len(found) == 2
    return found


def received(needed: int, said: Said) -> Answers:
    """Everything that anybody receives in one twin, which is gone afterwards."""
    cache.clear()
    with transaction.atomic():
        here = twin(needed, said)
        crawl.log_in(here)
        found = {f"{who} {at}": text for who in READERS for at, text in pages(here, who).items()}
        found |= mails(here) | files(here)
        if said:  # what a pair waits for also follows from whether somebody opened its reports
            found |= answers(here, "ann")
        transaction.set_rollback(True)
    return found


def differences(first: Answers, other: Answers) -> str:
    """Where two twins differ, and the first words that do."""
    assert first.keys() == other.keys() and len(first) > 150
    found = []
    for where in first:
        lines = zip_longest(first[where].splitlines(), other[where].splitlines())
        found += [f"{where}: {one!r:.300} / {two!r:.300}" for one, two in lines if one != two][:1]
    return "\n".join(found)


def test_nothing_differs_with_what_colleagues_voted_nor_whether_they_did() -> None:
    include, exclude, nobody = (received(2, said) for said in (("include",), ("exclude",), ()))
    assert differences(include, exclude) == ""
    assert differences(nobody, {where: include[where] for where in nobody}) == ""


def test_nor_where_all_votes_but_one_of_four_are_in() -> None:
    alike, quarrel = received(4, ("exclude",) * 3), received(4, ("include", "exclude", "maybe"))
    assert differences(alike, quarrel) == ""
