"""Celery's settings: a message is only a hint, the job's row is what counts.

Tasks are acknowledged late and may run twice; the soft limit comes before the hard one, and both
before Redis gives a message to another worker.
"""

from typing import Any

from review.site.embedded import transport_options
from review.site.settings_env import EMBEDDED, ENV

CELERY_TIMEZONE = "UTC"
CELERY_BROKER_URL = "filesystem://localhost" if EMBEDDED else ENV.redis_url
CELERY_BROKER_TRANSPORT = "review.site.embedded:Transport" if EMBEDDED else None
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True

CELERY_TASK_SOFT_TIME_LIMIT = 30 * 60
CELERY_TASK_TIME_LIMIT = 35 * 60
VISIBILITY_TIMEOUT = 60 * 60
# Somebody waits for the page while a message is sent: a Redis that is gone or mute may not hold it
# up. The job's row is there, and the sweeper sends what could not be sent.
REDIS_OPTIONS = {
    "visibility_timeout": VISIBILITY_TIMEOUT,
    "socket_connect_timeout": 3,
    "socket_timeout": 5,  # longer than the second that a worker waits for a message
    "socket_keepalive": True,
}
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0}
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = (
    transport_options(ENV.data / "queue") if EMBEDDED else REDIS_OPTIONS
)

CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_RESULT_EXPIRES = None  # no results, so nothing to clean up
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
# Remote control corrupts the embedded broker's folder; a heartbeat is a row instead.
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False

CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
# Every entry expires after its own interval, or days without a worker pile up messages.
CELERY_BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "sweep jobs": {
        "task": "review.tasks.sweep",
        "schedule": 10.0,
        "options": {"expire_seconds": 10},
    },
}

# A worker that is silent for longer than this lost its job to another; longer than any one request.
JOB_LEASE_SECONDS = ENV.job_lease
