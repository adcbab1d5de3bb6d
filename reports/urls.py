"""Addresses of the home, the overview and the reports."""

from django.urls import path

from reports import home, pages
from reports.surveys.answers_page import answers_page
from reports.surveys.completion_page import completion_page
from reports.surveys.cross_page import cross_page
from reports.surveys.items_page import items_page
from reports.surveys.rows_page import rows_page

urlpatterns = [
    path("", home.home, name="home"),
    path("reports/", pages.reports_page, name="reports"),
    path("reports/<slug:key>/", pages.report_page, name="report"),
    path("reports/surveys/<int:pk>/completion/", completion_page, name="report-survey-completion"),
    path("reports/surveys/<int:pk>/rows/", rows_page, name="report-survey-rows"),
    path("reports/surveys/<int:pk>/items/", items_page, name="report-survey-items"),
    path("reports/surveys/<int:pk>/cross/", cross_page, name="report-survey-cross"),
    path("reports/surveys/<int:pk>/answers/", answers_page, name="report-survey-answers"),
]
