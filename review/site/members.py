"""Members of a review: adding, roles, one-time links, leaving."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from review.access import Access, enter, get_membership
from review.errors import MailNotSent, ReviewError
from review.invitations import invite
from review.models import Membership, User
from review.services.people import add_member
from review.views.answers import see_other
from screening.services.leaving import change_roles, remove_member
from screening.stuck import Stuck, stuck

ROLE_CHOICES = [
    ("lead", "Lead: sets protocol, searches and members"),
    ("reviewer", "Reviewer: votes, retrieves, appraises, extracts"),
    ("adjudicator", "Adjudicator: settles conflicts"),
    ("observer", "Observer: reads what is complete"),
]


class RolesForm(forms.Form):
    """The roles of one member."""

    roles = forms.MultipleChoiceField(
        choices=ROLE_CHOICES, widget=forms.CheckboxSelectMultiple, label="Roles"
    )


class MemberForm(RolesForm):
    """A person to add."""

    email = forms.EmailField(label="E-mail address", max_length=254)
    name = forms.CharField(label="Name", max_length=120, required=False)
    field_order = ("email", "name", "roles")


@require_GET
def members(request: HttpRequest, slug: str) -> HttpResponse:
    """Who is in the review."""
    return _list(request, enter(request.user, slug), MemberForm())


def _list(
    request: HttpRequest, access: Access, form: MemberForm, status: int = 200
) -> HttpResponse:
    found = list(Membership.objects.of(access.review))
    context = {
        "access": access,
        "section": "site",
        "members": [each for each in found if each.is_active],
        "former": [each for each in found if not each.is_active],
        "form": form,
        "link": request.session.pop("one_time_link", None),
        "stuck": stuck(access.review) if access.role.may_manage_members() else [],
    }
    return render(request, "site/members.html", context, status=status)


@require_POST
def member_add(request: HttpRequest, slug: str) -> HttpResponse:
    """Add a member; a person without a password gets a one-time link."""
    access = enter(request.user, slug, to="manage_members")
    form = MemberForm(request.POST)
    if form.is_valid() and Membership.objects.named(access.review, form.cleaned_data["email"]):
        form.add_error("email", "This person is a member already. Change their roles in the list.")
    if not form.is_valid():
        return _list(request, access, form, 422)
    membership = add_member(review=access.review, actor=access.user, **form.cleaned_data)
    messages.success(request, f"{membership.user} is a member now.")
    if not membership.user.has_usable_password():
        _hand_over_link(request, access, membership.user)
    return see_other("site:members", slug)


@require_http_methods(["GET", "POST"])
def member(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """One member: their roles to change, and what else can be done."""
    access = enter(request.user, slug, to="manage_members")
    membership = get_membership(access, pk)
    form = RolesForm(request.POST or None, initial={"roles": membership.role_names})
    if request.method == "POST" and form.is_valid():
        try:
            change_roles(membership=membership, actor=access.user, **form.cleaned_data)
        except ReviewError as error:
            form.add_error(None, str(error))
        else:
            roles = ", ".join(membership.role_names)
            messages.success(request, f"{membership.user} is now {roles}.")
            return see_other("site:members", slug)
    context = {
        "access": access,
        "section": "site",
        "membership": membership,
        "form": form,
        "stuck": _stuck_without(membership),
    }
    return render(request, "site/member.html", context, status=422 if form.errors else 200)


def _stuck_without(membership: Membership) -> list[Stuck]:
    """What nobody could settle or complete any more if this member left."""
    now = stuck(membership.review)
    return [each for each in stuck(membership.review, person=membership.user) if each not in now]


@require_POST
def member_remove(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Take a member out; what they did stays."""
    access = enter(request.user, slug, to="manage_members")
    membership = get_membership(access, pk)
    try:
        remove_member(membership=membership, actor=access.user)
        messages.success(request, f"{membership.user} left the review. What they did stays.")
    except ReviewError as error:
        messages.error(request, str(error))
    if access.user == membership.user and not access.role.site_admin:
        return see_other("site:reviews")
    return see_other("site:members", slug)


@require_POST
def member_link(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Make a new one-time link for somebody who never set a password."""
    access = enter(request.user, slug, to="manage_members")
    user = get_membership(access, pk).user
    if user.has_usable_password():
        messages.error(request, f"{user} has a password. They can reset it on the log-in page.")
    else:
        _hand_over_link(request, access, user)
    return see_other("site:members", slug)


def _hand_over_link(request: HttpRequest, access: Access, user: User) -> None:
    """Send the link by mail, or keep it for the next page when no mail is configured.

    Whoever holds the link becomes that person. So a lead is shown it only for an account that
    opens nothing but this review; for others the site admin is.
    """
    if settings.MAIL_IS_SENT:
        try:
            invite(request, user, review=access.review)
            messages.info(request, f"A link to set a password was sent to {user.email}.")
        except MailNotSent as error:
            messages.error(request, str(error))
    elif access.role.site_admin or Membership.objects.opens_only(access.review, user):
        url = invite(request, user, review=access.review)
        request.session["one_time_link"] = {"person": str(user), "url": url}
    else:
        words = f"{user} has no password yet and belongs to more than this review. "
        messages.warning(request, words + "Ask the site admin for a link to set one.")
