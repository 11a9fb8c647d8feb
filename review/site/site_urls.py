"""Addresses of the pages that need every stage."""

from django.urls import path

from review.site import alerts, clock, exports, health, home, members

app_name = "site"
urlpatterns = [
    path("", home.reviews, name="reviews"),
    path("accounts/time-zone/", clock.time_zone, name="time_zone"),
    path("healthz", health.healthz, name="healthz"),
    path("r/<slug:slug>/", home.home, name="home"),
    path("r/<slug:slug>/prisma.svg", home.flow_svg, name="flow_svg"),
    path("r/<slug:slug>/prisma.json", home.flow_json, name="flow_json"),
    path("r/<slug:slug>/members/", members.members, name="members"),
    path("r/<slug:slug>/members/add/", members.member_add, name="member_add"),
    path("r/<slug:slug>/members/<int:pk>/", members.member, name="member"),
    path("r/<slug:slug>/members/<int:pk>/remove/", members.member_remove, name="member_remove"),
    path("r/<slug:slug>/members/<int:pk>/link/", members.member_link, name="member_link"),
    path("r/<slug:slug>/alerts/", alerts.alerts, name="alerts"),
    path("r/<slug:slug>/alerts/<int:pk>/", alerts.alert_answer, name="alert_answer"),
    path("r/<slug:slug>/exports/", exports.exports, name="exports"),
    path("r/<slug:slug>/exports/start/", exports.export_start, name="export_start"),
    path("r/<slug:slug>/exports/<int:pk>/", exports.job, name="job"),
    path("r/<slug:slug>/exports/<int:pk>/file/", exports.download, name="download"),
]
