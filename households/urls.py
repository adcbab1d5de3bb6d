"""Addresses of households and members. The household's page is in visits, which it shows too."""

from django.urls import path

from households import pages

urlpatterns = [
    path("households/new/", pages.household_new, name="household-new"),
    path("households/<int:pk>/edit/", pages.household_edit, name="household-edit"),
    path("households/<int:pk>/close/", pages.household_close, name="household-close"),
    path("households/<int:pk>/members/new/", pages.member_new, name="member-new"),
    path("members/<int:pk>/edit/", pages.member_edit, name="member-edit"),
    path("reveal/member/<int:pk>/", pages.reveal, name="reveal-member"),
]
