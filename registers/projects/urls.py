"""Addresses of projects."""

from django.urls import path

from registers.projects import pages, progress

urlpatterns = [
    path("projects/", pages.projects, name="projects"),
    path("projects/new/", pages.project_new, name="project-new"),
    path("projects/<int:pk>/", pages.project, name="project"),
    path("projects/<int:pk>/edit/", pages.project_edit, name="project-edit"),
    path("projects/<int:pk>/funds/<slug:source>/", pages.project_fund, name="project-fund"),
    path("projects/<int:pk>/notes/new/", progress.project_note, name="project-note"),
    path("projects/<int:pk>/notes/<int:note>/", progress.project_note_edit, name="project-note-edit"),
    path(
        "projects/<int:pk>/notes/<int:note>/remove/", progress.project_note_remove, name="project-note-remove"
    ),
    path("projects/<int:pk>/households/", pages.project_beneficiaries, name="project-beneficiaries"),
]
