"""Logs: one line per event on standard error, with secrets taken out.

structlog writes Django's, Celery's and our own events alike. A redaction step runs on every event,
because a URL with a key or a password can turn up in any library's message.
"""

import logging.config
import re
from typing import Any

import structlog

HIDDEN = "[hidden]"
SECRET_NAMES = re.compile(r"password|passwd|secret|api_?key|token|authorization|cookie|nonce", re.I)
SECRET_TEXT = re.compile(
    r"(?P<before>\b(?:api_key|password|token|key|secret)=|://[^/\s:@]*:(?=[^/\s@]+@))[^\s&@'\"]+",
    re.I,
)


def redact(logger: Any, method: str, event: dict[str, Any]) -> dict[str, Any]:
    """A structlog step: hide values whose name is a secret's, and secrets inside texts."""
    return {name: hidden(name, value) for name, value in event.items()}


def hidden(name: str, value: Any) -> Any:
    """The value, or what may be shown of it."""
    if SECRET_NAMES.search(name):
        return HIDDEN
    return without_secrets(value) if isinstance(value, str) else value


def without_secrets(text: str) -> str:
    """The text without keys in query strings and passwords in URLs."""
    return SECRET_TEXT.sub(rf"\g<before>{HIDDEN}", text)


SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.PositionalArgumentsFormatter(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def logging_settings(*, debug: bool) -> dict[str, Any]:
    """The dictionary for :func:`configure`."""
    finish = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.format_exc_info,
        redact,
        structlog.dev.ConsoleRenderer(colors=False),
    ]
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "processors": finish,
        "foreign_pre_chain": SHARED,
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": formatter},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": "INFO"},
        "loggers": {
            "django.db.backends": {"level": "INFO"},
            "django.server": {"level": "INFO" if debug else "WARNING"},
        },
    }


def configure(settings: dict[str, Any]) -> None:
    """Set up the standard library's logging and structlog on top of it."""
    logging.config.dictConfig(settings)
    structlog.configure(
        processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
