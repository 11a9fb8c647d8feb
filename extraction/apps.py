"""The extraction app: studies are appraised and their data extracted."""

from django.apps import AppConfig


class ExtractionConfig(AppConfig):
    """Extraction."""

    name = "extraction"
