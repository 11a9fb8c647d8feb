"""Django's admin for site admins: accounts, reviews, searches, jobs and schedules. No votes, ever.

What a stage holds is worked on in its own pages, which know who may see what and write the log.
"""

from importlib import import_module

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.auth.models import Group

from review.admin import accounts, reviews, schedules

__all__ = ["accounts", "reviews", "schedules"]

admin.site.site_header = admin.site.site_title = "Winnow site administration"
admin.site.index_title = "Accounts, reviews and schedules"

# Addresses follow accounts, second steps of a log-in are their owner's, and roles are per review.
for registers_one in ("django.contrib.auth.admin", "allauth.account.admin", "allauth.mfa.admin"):
    import_module(registers_one)
admin.site.unregister([Group, EmailAddress, Authenticator])
