"""Accounts: made, changed and closed; never deleted, so that what somebody did keeps its name."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from review.errors import MailNotSent
from review.invitations import invite
from review.models import User
from review.services.people import change_account, create_account


@admin.register(User)
class UserAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Accounts; a new one gets a one-time link to set its password."""

    list_display = ("email", "name", "is_active", "is_superuser", "last_login")
    list_filter = ("is_active", "is_superuser")
    search_fields = ("email", "name")
    fields = ("email", "name", "is_active", "is_superuser")
    actions = ("make_links",)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Make or change the account by the services that also write the log."""
        actor: Any = request.user  # the admin lets only accounts in
        if change:
            change_account(
                user=obj,
                actor=actor,
                email=obj.email,
                name=obj.name,
                is_active=obj.is_active,
                is_site_admin=obj.is_superuser,
            )
            return
        made = create_account(
            email=obj.email, name=obj.name, is_site_admin=obj.is_superuser, actor=actor
        )
        obj.pk = made.pk
        hand_over(request, made)

    @admin.action(description="Make a link to set a password, for accounts without one")
    def make_links(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Give those who lost their first link another one."""
        for user in queryset:
            if user.has_usable_password():
                words = f"{user} has a password and can reset it on the log-in page."
                messages.warning(request, words)
            else:
                hand_over(request, user)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Accounts are closed by taking "active" off."""
        return False


def hand_over(request: HttpRequest, user: User) -> None:
    """Send a one-time link, or show it when no mail is configured."""
    try:
        link = invite(request, user)
    except MailNotSent as error:
        messages.error(request, str(error))
        return
    if link:
        words = f"Give this link to {user.email}. It sets a password and works once: {link}"
        messages.success(request, words)
    else:
        messages.success(request, f"A link to set a password was sent to {user.email}.")
