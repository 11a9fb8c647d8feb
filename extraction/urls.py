"""Addresses of extraction, below /r/<slug>/."""

from django.urls import path

from extraction.views import assessments, definition, domains, extract, results, studies

app_name = "extraction"
urlpatterns = [
    path("studies/", studies.studies, name="studies"),
    path("studies/link/", studies.link, name="study_link"),
    path("studies/start/<int:pk>/", studies.start, name="study_start"),
    path("studies/unlink/<int:pk>/", studies.unlink, name="study_unlink"),
    path("studies/<int:pk>/", studies.study, name="study"),
    path("studies/<int:pk>/results/add/", results.add, name="result_new"),
    path("studies/<int:pk>/extract/", extract.extract, name="extract"),
    path("extraction-form/", definition.form, name="form"),
    path("extraction-form/start/", definition.start, name="form_start"),
    path("results/<int:pk>/", results.change, name="result"),
    path("results/<int:pk>/assess/", assessments.assess, name="assess"),
    path("assessments/<int:pk>/", assessments.assessment, name="assessment"),
    path("assessments/<int:pk>/preliminary/", assessments.preliminary, name="preliminary"),
    path("assessments/<int:pk>/overall/", assessments.overall, name="overall"),
    path("assessments/<int:pk>/domain/<str:key>/", domains.domain, name="domain"),
]
