"""Addresses that belong to no app."""

from django.urls import path

from core import views

urlpatterns = [
    path("files/<uuid:uuid>/", views.serve_file, name="file"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
]
