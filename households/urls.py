"""Addresses of members. Those of households are in registers, with other apps' pages below /households/."""

from django.urls import path

from households import pages

urlpatterns = [
    path("members/<int:pk>/edit/", pages.member_edit, name="member-edit"),
    path("reveal/member/<int:pk>/", pages.reveal, name="reveal-member"),
]
