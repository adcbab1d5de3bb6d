"""Addresses of villages."""

from django.urls import path

from villages import pages

urlpatterns = [
    path("villages/new/", pages.village_edit, name="village-new"),
    path("villages/<int:pk>/edit/", pages.village_edit, name="village-edit"),
]
