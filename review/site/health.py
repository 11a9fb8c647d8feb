"""Is everything alive? For a load balancer and for the person who runs the site."""

from __future__ import annotations

import shutil

from django import db
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_GET

from review.signs import is_silent

ROOM = 200 * 1024**2  # bytes that the data folder's disk should have left


@login_not_required
@require_GET
def healthz(request: HttpRequest) -> JsonResponse:
    """200 when the database answers; how the jobs and the disk are stands beside it.

    The worker's heartbeat is written by the sweep that beat sends, so it speaks for the broker
    and the scheduler too.
    """
    disk = "low" if shutil.disk_usage(settings.ENV.data).free < ROOM else "up"
    try:
        jobs = "silent" if is_silent() else "up"
    except db.Error:
        return JsonResponse({"database": "down", "disk": disk}, status=503)
    return JsonResponse({"database": "up", "jobs": jobs, "disk": disk})
