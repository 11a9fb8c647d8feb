"""Root addresses."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path

admin.autodiscover()
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

handler500 = "review.site.errors.failed"

urlpatterns = [
    path("", include("review.site.site_urls")),
    path("accounts/", include("review.site.account_urls")),
    path("admin/", admin.site.urls),
    path("r/<slug:slug>/", include("review.urls")),
    path("r/<slug:slug>/", include("screening.urls")),
    path("r/<slug:slug>/", include("extraction.urls")),
]
