"""Addresses of what plans consist of; the plans themselves are opened from their village or household."""

from django.urls import path

from registers.plans import pages

urlpatterns = [
    path("goals/<int:pk>/", pages.goal_edit, name="goal-edit"),
    path("village-notes/<int:pk>/", pages.village_note_edit, name="village-note-edit"),
    path("measures/<int:pk>/", pages.measure_edit, name="measure-edit"),
]
