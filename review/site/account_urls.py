"""Addresses of one's own account: the pages of allauth that are meant here, and no others.

Its pages about e-mail addresses stay closed. There a person could take an address that a lead is
about to add, and with it the roles; who has which address is the site admin's to change.
"""

from allauth.account import urls
from django.urls import URLPattern, include, path

from review.site.one_time import OneTimeLink

MEANT = (
    "account_login",
    "account_logout",
    "account_inactive",
    "account_signup",  # says that there is none
    "account_reauthenticate",
    "account_change_password",
    "account_set_password",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
)

LINK = "account_reset_password_from_key"

urlpatterns = [
    *(
        URLPattern(each.pattern, OneTimeLink.as_view(), name=LINK) if each.name == LINK else each
        for each in urls.urlpatterns
        if each.name in MEANT
    ),
    path("2fa/", include("allauth.mfa.urls")),
]
