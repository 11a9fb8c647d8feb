"""Nobody gets a page without a log-in, and an ended session never spoils a page."""

from __future__ import annotations

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def test_a_page_without_a_session_leads_to_the_log_in_and_back() -> None:
    answer = Client().get("/r/ldn/screen/title_abstract/")

    assert answer.status_code == 302
    assert answer.url == "/accounts/login/?next=/r/ldn/screen/title_abstract/"


def test_a_vote_after_the_session_ended_sends_the_whole_page_to_the_log_in() -> None:
    answer = Client().post(
        "/r/ldn/screen/title_abstract/7/",
        {"verdict": "include"},
        headers={
            "HX-Request": "true",
            "HX-Current-URL": "http://testserver/r/ldn/screen/title_abstract/",
        },
    )

    assert answer.status_code == 200
    assert answer.headers["HX-Redirect"] == ("/accounts/login/?next=/r/ldn/screen/title_abstract/")
    assert answer.content == b""
