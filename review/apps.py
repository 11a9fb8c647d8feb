"""The review app: identification and the flow."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class ReviewConfig(AppConfig):
    """Takes the append-only triggers off for a migration and puts them back after it."""

    name = "review"

    def ready(self) -> None:
        """Connect what installs the triggers; once per migration, not once per app."""
        from review import triggers

        pre_migrate.connect(triggers.step_aside, sender=self)
        post_migrate.connect(triggers.install, sender=self)
