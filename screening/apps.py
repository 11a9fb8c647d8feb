"""The screening app: two people decide, a third settles."""

from django.apps import AppConfig


class ScreeningConfig(AppConfig):
    """Screening."""

    name = "screening"
