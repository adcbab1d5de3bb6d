"""Addresses of projects and plans."""

from django.urls import path

from visits.plans import pages, progress, projects

urlpatterns = [
    path("projects/", projects.projects, name="projects"),
    path("projects/new/", projects.project_new, name="project-new"),
    path("projects/<int:pk>/", projects.project, name="project"),
    path("projects/<int:pk>/edit/", projects.project_edit, name="project-edit"),
    path("projects/<int:pk>/funds/<slug:source>/", projects.project_fund, name="project-fund"),
    path("projects/<int:pk>/notes/new/", progress.project_note, name="project-note"),
    path("projects/<int:pk>/notes/<int:note>/", progress.project_note_edit, name="project-note-edit"),
    path(
        "projects/<int:pk>/notes/<int:note>/remove/", progress.project_note_remove, name="project-note-remove"
    ),
    path("projects/<int:pk>/households/", projects.project_beneficiaries, name="project-beneficiaries"),
    path("villages/<int:pk>/plan/", pages.village_plan, name="village-plan"),
    path("villages/<int:pk>/goals/new/", pages.goal_new, name="goal-new"),
    path("goals/<int:pk>/", pages.goal_edit, name="goal-edit"),
    path("villages/<int:pk>/notes/new/", pages.village_note, name="village-note"),
    path("village-notes/<int:pk>/", pages.village_note_edit, name="village-note-edit"),
    path("households/<int:pk>/plan/", pages.household_plan, name="household-plan"),
    path("households/<int:pk>/measures/new/", pages.measure_new, name="measure-new"),
    path("measures/<int:pk>/", pages.measure_edit, name="measure-edit"),
    path("households/<int:pk>/away/", pages.household_away, name="household-away"),
]
