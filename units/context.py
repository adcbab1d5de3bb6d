"""Context of every page's frame, and the choice of the frame."""

from typing import Any, cast

from django.http import HttpRequest

from core.models import ImportRun, Installation, demo_marks
from units.models import Cadre
from units.second_factor.factors import LATER, offered_to


def frame(request: HttpRequest) -> dict[str, Any]:
    """Return the county's name, whether it holds demo data, and the office's running or unseen import."""
    user = getattr(request, "user", None)
    installation = Installation.this()
    running = None
    if isinstance(user, Cadre) and user.is_office:
        running = ImportRun.objects.filter(by=user.pk, seen=False).first()
    return {
        "installation": installation,
        **demo_marks(installation),
        "running_import": running,
        "offer_factor": _offers_factor(request, user),
    }


def _offers_factor(request: HttpRequest, user: object) -> bool:
    """Return whether to offer a second factor: on the first page, unless postponed on this device."""
    on_first_page = request.path == "/" and isinstance(user, Cadre)
    return on_first_page and LATER not in request.COOKIES and offered_to(cast(Cadre, user))


def frame_of(user: Cadre) -> str:
    """Return the phone frame for cadres, the desk frame for roles that see more than their own rows."""
    return "desk.html" if user.sees_place or user.is_leader else "phone.html"
