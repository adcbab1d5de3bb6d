"""Pages that belong to no app: health, errors, files."""

import sys
from ipaddress import ip_address
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBadRequest,
    HttpResponseServerError,
)
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme

from core import condition
from core.attachments import MEDIA_TYPES, PICTURE, Attachment
from core.models import Installation, demo_marks
from core.outages import Outage, outage_of

RETRY_SECONDS = 30


@login_not_required
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer that the process is alive. Does not use the database; `readyz` checks the rest."""
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
def readyz(request: HttpRequest) -> HttpResponse:
    """Answer a monitor with one line per check, 503 when one fails.

    Others get 403: it describes the machine.
    """
    if not _is_monitor(request):
        said = "只答本机和带 READY_TOKEN 的监控。"
        return HttpResponse(said, status=403, content_type="text/plain; charset=utf-8")
    found = condition.readiness()
    ready = all(finding.ok for finding in found)
    lines = [f"{finding.name} {'ok' if finding.ok else 'failed'} {finding.said}" for finding in found]
    text = "\n".join(["ready" if ready else "not ready", *lines, ""])
    return HttpResponse(text, status=200 if ready else 503, content_type="text/plain; charset=utf-8")


def _is_monitor(request: HttpRequest) -> bool:
    """Return whether the request comes from this machine without a proxy, or carries READY_TOKEN."""
    given = request.headers.get("Authorization", "")
    if settings.READY_TOKEN and constant_time_compare(given, f"Bearer {settings.READY_TOKEN}"):
        return True
    peer = request.META.get("REMOTE_ADDR", "")
    return "X-Forwarded-For" not in request.headers and bool(peer) and ip_address(peer).is_loopback


@login_not_required
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Explain an invalid CSRF token, usually caused by an expired session."""
    return render(request, "403_csrf.html", status=403)


@login_not_required
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 400 without reading the request: Django's own page would read the unreadable data for a token."""
    return HttpResponseBadRequest(render_to_string("400.html"))


@login_not_required
def failure(request: HttpRequest) -> HttpResponse:
    """Answer any uncaught error: 503 and a sentence for a failure of the machine, else 500."""
    outage = outage_of(sys.exc_info()[1])
    if outage is None:
        page = render_to_string("500.html", demo_marks(Installation.known()))
        return HttpResponseServerError(page)
    answer = _outage_page(request, outage) if _wants_page(request) else _outage_line(outage)
    answer["Retry-After"] = str(RETRY_SECONDS)
    answer["Cache-Control"] = "no-store"
    return answer


def _wants_page(request: HttpRequest) -> bool:
    """Return whether a browser opens a page; scripts do not ask for HTML."""
    return "HX-Request" not in request.headers and "text/html" in request.headers.get("Accept", "text/html")


def _outage_page(request: HttpRequest, outage: Outage) -> HttpResponse:
    """Render without the request, whose context processors would query the database."""
    form = request.headers.get("Referer", "")
    known = url_has_allowed_host_and_scheme(form, {request.get_host()})
    context = {"outage": outage, "sent": request.method == "POST", "back": form if known else ""}
    marks = demo_marks(Installation.known())
    return HttpResponse(render_to_string("503.html", {**context, **marks}), status=503)


def _outage_line(outage: Outage) -> HttpResponse:
    return HttpResponse(outage.sentence, status=503, content_type="text/plain; charset=utf-8")


def serve_file(request: HttpRequest, uuid: UUID) -> FileResponse:
    """Serve a file to users who may see the row it belongs to; 404 for all others."""
    kinds: list[Any] = Attachment.__subclasses__()
    for model in kinds:
        found = model._default_manager.filter(uuid=uuid).first()
        if found is None:
            continue
        owners = found._meta.get_field("owner").related_model.objects
        if owners.visible_to(request.user).filter(pk=found.owner_id).exists():
            return _answer(found)
    raise Http404


def _answer(attachment: Attachment) -> FileResponse:
    """Serve a picture inline, a document as a download."""
    try:
        file = attachment.opened()
    except FileNotFoundError:
        raise Http404 from None
    return FileResponse(
        file,
        as_attachment=attachment.ending != PICTURE,
        content_type=MEDIA_TYPES[attachment.ending],
        filename=attachment.shown_name,
    )
