"""Addresses of surveys and their answers."""

from django.urls import path

from surveys import pages, paper_pages

urlpatterns = [
    path("surveys/", pages.surveys, name="surveys"),
    path("surveys/new/", pages.survey_new, name="survey-new"),
    path("surveys/<int:pk>/", pages.survey, name="survey"),
    path("surveys/<int:pk>/draft/", pages.survey_draft, name="survey-draft"),
    path("surveys/<int:pk>/sheet/", pages.survey_sheet, name="survey-sheet"),
    path("surveys/<int:pk>/next/", pages.survey_next, name="survey-next"),
    path("surveys/<int:pk>/publish/", pages.survey_publish, name="survey-publish"),
    path("surveys/<int:pk>/close/", pages.survey_close, name="survey-close"),
    path("surveys/<int:pk>/blank.pdf", paper_pages.survey_blank, name="survey-blank"),
    path("surveys/<int:pk>/village.pdf", paper_pages.survey_village_pdf, name="survey-village-pdf"),
    path("responses/<int:pk>/print.pdf", paper_pages.response_pdf, name="response-pdf"),
]
