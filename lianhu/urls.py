"""The addresses of the whole site. Each prefix is served by one file."""

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.templatetags.static import static
from django.urls import include, path
from django.views.generic import RedirectView

handler400 = "core.views.bad_request"
handler500 = "core.views.failure"

urlpatterns = [
    path("", include("reports.urls")),
    path("", include("registers.urls")),
    path("", include("registers.pairings.urls")),
    path("", include("registers.plans.urls")),
    path("", include("registers.projects.urls")),
    path("", include("visits.urls")),
    path("", include("surveys.urls")),
    path("", include("households.urls")),
    path("", include("units.urls")),
    path("", include("core.urls")),
    # Browsers request it for responses that are not pages of the site.
    path("favicon.ico", login_not_required(RedirectView.as_view(url=static("favicon.ico")))),
    path("admin/", admin.site.urls),
]
