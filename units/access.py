"""Access to pages. Which rows a page contains is decided by `visible_to` and `editable_by` of each model."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from django.contrib.auth.middleware import get_user
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404

from core.forms import key_of
from units.models import Cadre
from units.roles import Role

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]
M = TypeVar("M", bound=models.Model)


def user_of(request: HttpRequest) -> Cadre:
    """Return the logged-in cadre; only for pages behind the login.

    Returns the row itself, since attribute access through the lazy `request.user` takes ten times as long.
    """
    return cast(Cadre, get_user(request))


def roles_required(*roles: Role) -> Callable[[View[P]], View[P]]:
    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def wrapped(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if user_of(request).role not in roles:
                raise PermissionDenied("这一页只给" + "、".join(role.label for role in roles) + "用。")
            return view(request, *args, **kwargs)

        return wrapped

    return decorate


office_required = roles_required(Role.OFFICE)
overseer_required = roles_required(Role.OFFICE, Role.VIEWER)
manager_required = roles_required(Role.OFFICE, Role.LEADER)
leader_or_overseer_required = roles_required(Role.OFFICE, Role.LEADER, Role.VIEWER)
"""Roles responsible for more than their own households."""
recorder_required = roles_required(Role.OFFICE, Role.LEADER, Role.CADRE)
"""Every role except viewers, who have read-only access."""


def written_for(author: Cadre, key: str) -> Cadre:
    """Return whose record a page writes: the author's own, or a colleague's of the same unit (`?for=KEY`),
    else 404.
    """
    if not key:
        return author
    colleagues = Cadre.objects.colleagues_of(author).select_related("unit__division")
    colleague: Cadre = get_object_or_404(colleagues, pk=key_of(key))
    return colleague


def named(request: HttpRequest, name: str, rows: QuerySet[M]) -> M | None:
    """Return the one of `rows` that the address names (`?name=`); None without a name, 404 for an unknown
    one.
    """
    key = request.GET.get(name, "")
    return get_object_or_404(rows, pk=key_of(key)) if key else None


def get_visible(queryset: models.Manager[M] | QuerySet[M], user: Cadre, **lookup: Any) -> M:
    """Return the row, or 404 when the user may not see it."""
    rows: Any = queryset
    found: M = _found(rows.visible_to(user), lookup)
    return found


def get_editable(queryset: models.Manager[M] | QuerySet[M], user: Cadre, **lookup: Any) -> M:
    """Return the row; 404 when invisible to the user, 403 when visible but not editable."""
    rows: Any = queryset
    found: M = _found(rows.visible_to(user), lookup)
    if not rows.editable_by(user).filter(pk=found.pk).exists():
        raise PermissionDenied("这一条您可以看，不能改。")
    return found


def _found(rows: QuerySet[M], lookup: dict[str, Any]) -> M:
    """Return the row or 404. Treats numbers beyond the key range as missing: databases raise errors for them."""
    if any(isinstance(value, int) and value >= 1 << 63 for value in lookup.values()):
        raise Http404
    return get_object_or_404(rows, **lookup)
