"""Gunicorn's settings, for the web server in production.

    gunicorn --config python:review.site.settings_gunicorn review.site.wsgi:application

It listens on 127.0.0.1:8000 unless ``--bind`` says otherwise, and expects a proxy with TLS before
it. Who a request came from, and by which scheme, is Django's to decide by TRUSTED_PROXIES.
"""

import os
from pathlib import Path
from typing import Any

from review.site.lifeline import PARENT, follow_starter

worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = 8
graceful_timeout = 30
keepalive = 130  # longer than proxies keep a connection, or a form is sent into a closing one
limit_request_line = 8190
secure_scheme_headers: dict[str, str] = {}
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
control_socket_disable = True


def on_starting(server: Any) -> None:
    """End with the starter; the web processes end with this one, which gunicorn sees to itself."""
    follow_starter()
    os.environ.pop(PARENT, None)
