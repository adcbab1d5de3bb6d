"""The addresses of the whole site: each app adds its own."""

from django.contrib import admin
from django.urls import include, path

from core.views import healthz

urlpatterns = [
    path("", include("reports.urls")),
    path("", include("visits.urls")),
    path("", include("visits.registers.urls")),
    path("", include("households.urls")),
    path("", include("villages.urls")),
    path("", include("units.urls")),
    path("", include("core.urls")),
    path("admin/", admin.site.urls),
    path("healthz", healthz, name="healthz"),
]
