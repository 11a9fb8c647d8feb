"""People: one account per e-mail address, and what each may do in a review."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models

from review.querysets.people import MembershipQuerySet


class UserManager(BaseUserManager["User"]):
    """Accounts by lower-cased e-mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: object) -> User:
        """Create an account; without a password it cannot log in until a link sets one."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: object) -> User:
        """Create a site admin."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A person. Site admins have ``is_staff`` and ``is_superuser``; roles are per review."""

    email = models.EmailField("e-mail address", unique=True)
    name = models.CharField(max_length=120, blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField("site admin", default=False)
    zone = models.CharField("time zone", max_length=64, blank=True)
    date_joined = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager()

    def __str__(self) -> str:
        return self.name or self.email

    def clean(self) -> None:
        """Keep addresses lower-case, so that one address is one account."""
        super().clean()
        self.email = self.email.lower()

    def get_full_name(self) -> str:
        """Name to show, the e-mail address when none was given."""
        return str(self)

    get_short_name = get_full_name


class Membership(models.Model):
    """A person's roles in one review; who leaves is deactivated, never deleted."""

    review = models.ForeignKey("review.Review", models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    is_lead = models.BooleanField("lead", default=False)
    is_reviewer = models.BooleanField("reviewer", default=False)
    is_adjudicator = models.BooleanField("adjudicator", default=False)
    is_observer = models.BooleanField("observer", default=False)
    is_active = models.BooleanField(default=True)
    highlights = models.JSONField(default=dict, blank=True, editable=False)  # {words: tone}
    seen_at = models.DateTimeField("last visit to the review home", null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["review", "user"], name="one_membership_per_person"),
            models.CheckConstraint(
                name="a_member_has_a_role",
                condition=models.Q(is_lead=True)
                | models.Q(is_reviewer=True)
                | models.Q(is_adjudicator=True)
                | models.Q(is_observer=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({', '.join(self.role_names)})"

    @property
    def role_names(self) -> list[str]:
        """Roles held, in the order in which people name them."""
        names = ("lead", "reviewer", "adjudicator", "observer")
        return [name for name in names if getattr(self, f"is_{name}")]
