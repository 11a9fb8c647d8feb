"""Reviews, their members to read, their searches and jobs to read."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from review.admin.reading import ReadOnly
from review.models import Job, Membership, Review, Search, User
from review.services.protocol import create_review, set_question


class ReviewForm(forms.ModelForm):  # type: ignore[type-arg]
    """A review with its first lead."""

    lead = forms.ModelChoiceField(User.objects.filter(is_active=True), label="First lead")

    class Meta:
        model = Review
        fields = ("title", "slug", "lead")


class MembershipInline(ReadOnly, admin.TabularInline):  # type: ignore[type-arg]
    """Members, to read; roles are changed on the review's own page, which logs it."""

    model = Membership
    extra = 0
    can_delete = False
    fields = ("user", "is_lead", "is_reviewer", "is_adjudicator", "is_observer", "is_active")


@admin.register(Review)
class ReviewAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Reviews: a site admin adds one and names its lead, who does the rest."""

    list_display = ("title", "slug", "created_at", "is_demo")
    prepopulated_fields = {"slug": ("title",)}

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kw: Any
    ) -> Any:
        """Ask for the lead only when the review is made."""
        if obj is None:
            kw["form"] = ReviewForm
        return super().get_form(request, obj, change, **kw)

    def get_fields(self, request: HttpRequest, obj: Review | None = None) -> Any:
        """The title may change here, the short name never: it is in everybody's links."""
        return ("title",) if obj else ("title", "slug", "lead")

    def get_prepopulated_fields(self, request: HttpRequest, obj: Review | None = None) -> Any:
        """Suggest a short name for a new review."""
        return {} if obj else self.prepopulated_fields

    def get_inlines(self, request: HttpRequest, obj: Review | None) -> Any:
        """Show members once there are some."""
        return [MembershipInline] if obj else []

    def save_model(self, request: HttpRequest, obj: Review, form: Any, change: bool) -> None:
        """A new review gets its stages and its lead with it; either is logged."""
        actor: Any = request.user
        if change:
            set_question(review=obj, actor=actor, title=obj.title)
            return
        lead = form.cleaned_data["lead"]
        obj.pk = create_review(slug=obj.slug, title=obj.title, actor=actor, lead=lead).pk

    def has_delete_permission(self, request: HttpRequest, obj: Review | None = None) -> bool:
        """A review is only purged, which is logged."""
        return False


@admin.register(Search)
class SearchAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    """Searches, with the number that a schedule names."""

    list_display = ("pk", "source", "review", "kind", "is_pubmed")
    list_filter = ("kind",)
    fields = ("pk", "review", "source", "kind", "is_pubmed", "strategy", "created_at")


@admin.register(Job)
class JobAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    """Long tasks: what runs, what failed and why."""

    list_display = ("pk", "subject", "review", "state", "done", "total", "made_at", "finished_at")
    list_filter = ("state", "task")
    exclude = ("token",)
