"""Addresses of the forms of cadres, households and members. The household's page is in visits, which it shows too."""

from django.urls import path

from households import pages

urlpatterns = [
    path("cadres/new/", pages.cadre_edit, name="cadre-new"),
    path("cadres/<int:pk>/edit/", pages.cadre_edit, name="cadre-edit"),
    path("households/new/", pages.household_new, name="household-new"),
    path("households/<int:pk>/edit/", pages.household_edit, name="household-edit"),
    path("households/<int:pk>/close/", pages.household_close, name="household-close"),
    path("households/<int:pk>/members/new/", pages.member_new, name="member-new"),
    path("members/<int:pk>/edit/", pages.member_edit, name="member-edit"),
    path("reveal/member/<int:pk>/", pages.reveal, name="reveal-member"),
]
