"""Addresses of identification and the flow, below /r/<slug>/."""

from django.urls import path

from review.views import (
    by_hand,
    full_texts,
    imports,
    methods,
    protocol,
    report,
    reports,
    runs,
    schedules,
    searches,
    sentinels,
)

app_name = "review"
urlpatterns = [
    path("searches/", searches.searches, name="searches"),
    path("searches/methods/", methods.methods, name="methods"),
    path("searches/methods/table.<str:ending>", methods.methods_file, name="methods_file"),
    path("searches/new/", searches.search_edit, name="search_new"),
    path("searches/chase/", searches.search_chase, name="search_chase"),
    path("searches/<int:pk>/", searches.search, name="search"),
    path("searches/<int:pk>/edit/", searches.search_edit, name="search_edit"),
    path("searches/<int:pk>/run/", searches.search_run, name="search_run"),
    path("searches/<int:pk>/schedule/", schedules.schedule, name="schedule"),
    path("searches/<int:pk>/schedule/pause/", schedules.schedule_pause, name="schedule_pause"),
    path("searches/<int:pk>/schedule/resume/", schedules.schedule_resume, name="schedule_resume"),
    path("searches/<int:pk>/sentinels/", sentinels.sentinel_add, name="sentinel_add"),
    path("sentinels/<int:pk>/remove/", sentinels.sentinel_remove, name="sentinel_remove"),
    path("searches/<int:pk>/add/", by_hand.report_add, name="report_add"),
    path("searches/<int:pk>/import/", imports.import_new, name="import_new"),
    path("imports/", imports.imports, name="imports"),
    path("imports/<int:pk>/", imports.import_preview, name="import_preview"),
    path("imports/<int:pk>/confirm/", imports.import_confirm, name="import_confirm"),
    path("imports/<int:pk>/discard/", imports.import_discard, name="import_discard"),
    path("imports/<int:pk>/undo/", imports.import_undo, name="import_undo"),
    path("imports/<int:pk>/file/", imports.import_file, name="import_file"),
    path("runs/<int:pk>/", runs.run, name="run"),
    path("runs/<int:pk>/cancel/", runs.run_cancel, name="run_cancel"),
    path("runs/<int:pk>/resume/", runs.run_resume, name="run_resume"),
    path("runs/<int:pk>/explain/", runs.run_explain, name="run_explain"),
    path("protocol/", protocol.protocol, name="protocol"),
    path("protocol/question/", protocol.question, name="question"),
    path("protocol/criteria/", protocol.criteria, name="criteria"),
    path("reports/", reports.reports, name="reports"),
    path("reports/<int:pk>/", report.report, name="report"),
    path("records/<int:pk>/complete/", by_hand.record_complete, name="record_complete"),
    path("texts/<int:pk>/", report.revision, name="revision"),
    path("full-texts/<int:pk>/file/", full_texts.full_text_file, name="full_text_file"),
]
