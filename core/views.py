"""Pages that belong to no app: health, errors, files."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import render
from django.template.loader import render_to_string

from core.attachments import MEDIA_TYPES, PICTURE, Attachment


@login_not_required
def healthz(request: HttpRequest) -> HttpResponse:
    """For the load balancer: 200 when the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's token is no longer good, mostly because the session has ended."""
    return render(request, "403_csrf.html", status=403)


@login_not_required
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Reads nothing of the request: Django's own looks for a token in what could not be read."""
    return HttpResponseBadRequest(render_to_string("400.html"))


def serve_file(request: HttpRequest, uuid: UUID) -> FileResponse:
    """A file, to whoever may see the row it belongs to; to all others it is not there."""
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
    """A picture to be shown, a paper to be saved; kept by the reader's browser alone."""
    try:
        file = attachment.opened()
    except FileNotFoundError:
        raise Http404 from None
    response = FileResponse(
        file,
        as_attachment=attachment.ending != PICTURE,
        content_type=MEDIA_TYPES[attachment.ending],
        filename=attachment.shown_name,
    )
    response["Cache-Control"] = "private, max-age=86400"
    return response
