"""What every page's frame shows."""

from typing import Any

from django.http import HttpRequest

from core.models import ImportRun, Installation
from units.models import Cadre

RUNNING = [
    ImportRun.Status.QUEUED,
    ImportRun.Status.CHECKING,
    ImportRun.Status.APPLYING,
    ImportRun.Status.UNDOING,
]


def frame(request: HttpRequest) -> dict[str, Any]:
    """The county's name, whether its people are invented, and the office's running import."""
    user = getattr(request, "user", None)
    installation = Installation.objects.first()
    running = None
    if isinstance(user, Cadre) and user.is_office:
        running = ImportRun.objects.filter(by=user.pk, status__in=RUNNING).first()
    return {
        "installation": installation,
        "demo": bool(installation and installation.is_demo),
        "running_import": running,
    }
