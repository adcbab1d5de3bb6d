"""`/` by role, and what a new county does first."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from core.importing.next_kinds import steps_of
from core.places import under
from households.models import HouseholdPairing
from registers.home import cadre_home
from reports.pages import overview_page
from units.access import user_of
from units.oversight.telling import home_notices


def home(request: HttpRequest) -> HttpResponseBase:
    """Show the overview to offices and viewers, a new office its first steps, and everybody else their
    households.
    """
    user = user_of(request)
    if not user.sees_place:
        return cadre_home(request)
    if user.is_office and not HouseholdPairing.objects.filter(under(user.place)).exists():
        return first_steps(request)
    return overview_page(request)


def first_steps(request: HttpRequest) -> HttpResponse:
    """Return what a new county imports, in order."""
    user = user_of(request)
    steps = steps_of(user.place)
    return render(
        request,
        "reports/first_steps.html",
        {
            "page": {"title": "开始用", "facts": "照下面的次序导入，每一步都可以只导一部分，以后再补"},
            "steps": steps,
            "following": next((step.kind for step in steps if step.is_lacking), None),
            **home_notices(user),
        },
    )
