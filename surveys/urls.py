"""Addresses of surveys. Those of responses are in registers, with the visits' page below /responses/."""

from django.urls import path

from surveys.definition import pages
from surveys.exchange import data_pages, workbook_pages
from surveys.filling import pages as fill_pages
from surveys.paper import pages as paper_pages

urlpatterns = [
    path("surveys/", pages.surveys, name="surveys"),
    path("surveys/new/", pages.survey_new, name="survey-new"),
    path("surveys/<int:pk>/", pages.survey, name="survey"),
    path("surveys/<int:pk>/preview/", pages.survey_preview, name="survey-preview"),
    path("surveys/<int:pk>/draft/", pages.survey_draft, name="survey-draft"),
    path("surveys/<int:pk>/sheet/", pages.survey_sheet, name="survey-sheet"),
    path("surveys/<int:pk>/next/", pages.survey_next, name="survey-next"),
    path("surveys/<int:pk>/publish/", pages.survey_publish, name="survey-publish"),
    path("surveys/<int:pk>/close/", pages.survey_close, name="survey-close"),
    path("surveys/<int:pk>/data/", data_pages.survey_data, name="survey-data"),
    path("surveys/<int:pk>/xlsform/", data_pages.survey_xlsform, name="survey-xlsform"),
    path("surveys/<int:pk>/blank.pdf", paper_pages.survey_blank, name="survey-blank"),
    path("surveys/<int:pk>/village.pdf", paper_pages.survey_village_pdf, name="survey-village-pdf"),
    path("surveys/<int:pk>/start/", fill_pages.response_new, name="response-new"),
    path("surveys/<int:pk>/workbook/", workbook_pages.survey_workbook, name="survey-workbook"),
]
