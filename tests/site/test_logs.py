"""No key and no password reaches a log line."""

import io
import logging

import pytest
import structlog

from review.site.logs import logging_settings, without_secrets

SECRETS = [
    ("https://e.org/esearch.fcgi?term=pain&api_key=abc123&tool=winnow", "abc123"),
    ("redis://:hunter2@127.0.0.1:6379/0", "hunter2"),
    ("postgresql://winnow:hunter2@127.0.0.1/winnow", "hunter2"),
    ("could not log in with password=hunter2", "hunter2"),
]
HARMLESS = [
    "Serving on http://127.0.0.1:8000",
    "esearch.fcgi?term=pain&tool=winnow",
    "12:30 done: 200 of 948 records",
    "key concepts: monkey=1",
]


@pytest.fixture
def lines() -> io.StringIO:
    """What the root handler of our logging settings writes."""
    return io.StringIO()


@pytest.fixture
def logger(lines: io.StringIO) -> logging.Logger:
    made = logging_settings(debug=False)["formatters"]["line"]
    handler = logging.StreamHandler(lines)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=made["processors"], foreign_pre_chain=made["foreign_pre_chain"]
        )
    )
    logger = logging.Logger("test")
    logger.addHandler(handler)
    return logger


@pytest.mark.parametrize(("text", "secret"), SECRETS)
def test_a_secret_inside_a_message_is_hidden(
    text: str, secret: str, logger: logging.Logger, lines: io.StringIO
) -> None:
    logger.warning("asked %s", text)
    assert "asked" in lines.getvalue()
    assert "[hidden]" in lines.getvalue()
    assert secret not in lines.getvalue()


@pytest.mark.parametrize("text", HARMLESS)
def test_other_messages_stay_as_they_are(text: str) -> None:
    assert without_secrets(text) == text


def test_a_secret_in_a_traceback_is_hidden(logger: logging.Logger, lines: io.StringIO) -> None:
    try:
        raise ValueError("GET https://e.org/?api_key=abc123")
    except ValueError:
        logger.exception("failed")
    assert "ValueError" in lines.getvalue()
    assert "abc123" not in lines.getvalue()


@pytest.mark.parametrize("name", ["password", "api_key", "nonce", "SECRET_KEY", "csrf_token"])
def test_a_value_with_a_secret_name_is_hidden(
    name: str, logger: logging.Logger, lines: io.StringIO
) -> None:
    wrapped = structlog.wrap_logger(
        logger,
        processors=[structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    wrapped.warning("login", **{name: "abc123", "who": "ann"})
    assert "who=ann" in lines.getvalue()
    assert "abc123" not in lines.getvalue()
