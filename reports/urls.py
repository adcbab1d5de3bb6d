"""Addresses of the home, the overview and the reports."""

from django.urls import path

from reports import home, pages

urlpatterns = [
    path("", home.home, name="home"),
    path("reports/", pages.reports_page, name="reports"),
    path("reports/places/", pages.places_page, name="report-places"),
    path("reports/units/", pages.units_page, name="report-units"),
]
