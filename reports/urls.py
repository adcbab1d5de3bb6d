"""Addresses of the home, the overview and the reports."""

from django.urls import path

from reports import home, pages
from reports.surveys.completion_page import completion_page
from reports.surveys.rows import rows_page

urlpatterns = [
    path("", home.home, name="home"),
    path("reports/", pages.reports_page, name="reports"),
    path("reports/places/", pages.places_page, name="report-places"),
    path("reports/units/", pages.units_page, name="report-units"),
    path("reports/surveys/<int:pk>/completion/", completion_page, name="report-survey-completion"),
    path("reports/surveys/<int:pk>/rows/", rows_page, name="report-survey-rows"),
]
