"""The site: pages and commands that need every stage, without models or rules of its own."""

from django.apps import AppConfig


class SiteConfig(AppConfig):
    """Named apart from django.contrib.sites, whose label is ``sites``."""

    name = "review.site"
    label = "review_site"
    verbose_name = "Winnow"

    def ready(self) -> None:
        """Load the Celery app: without it a message would go to Celery's default broker."""
        from review.site import celery  # noqa: F401
