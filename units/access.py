"""Who may enter a page. Which rows they find there is `visible_to` and `editable_by` on each model."""

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

    The row itself and not `request.user`, which hands each attribute through and takes ten times as long.
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
"""Users with more than their own households: office, viewer, leader."""
recorder_required = roles_required(Role.OFFICE, Role.LEADER, Role.CADRE)
"""Everyone but a viewer, who changes nothing."""


def written_for(author: Cadre, key: str) -> Cadre:
    """Return whose record a page writes: the author's own, or that of a colleague of the same unit
    (`?for=KEY`), else 404.
    """
    if not key:
        return author
    colleagues = Cadre.objects.colleagues_of(author).select_related("unit__division")
    colleague: Cadre = get_object_or_404(colleagues, pk=key_of(key))
    return colleague


def named(request: HttpRequest, name: str, rows: QuerySet[M]) -> M | None:
    """Return the one of `rows` that the address names (`?name=`), None without; 404 when it is none of them."""
    key = request.GET.get(name, "")
    return get_object_or_404(rows, pk=key_of(key)) if key else None


def get_visible(queryset: models.Manager[M] | QuerySet[M], user: Cadre, **lookup: Any) -> M:
    """Return the one row, or 404 when the user may not see it."""
    rows: Any = queryset
    found: M = _found(rows.visible_to(user), lookup)
    return found


def get_editable(queryset: models.Manager[M] | QuerySet[M], user: Cadre, **lookup: Any) -> M:
    """Return the one row: unseen is 404, seen but not editable is 403."""
    rows: Any = queryset
    found: M = _found(rows.visible_to(user), lookup)
    if not rows.editable_by(user).filter(pk=found.pk).exists():
        raise PermissionDenied("这一条您可以看，不能改。")
    return found


def _found(rows: QuerySet[M], lookup: dict[str, Any]) -> M:
    """Return 404 for a number larger than any key, which databases refuse to look up."""
    if any(isinstance(value, int) and value >= 1 << 63 for value in lookup.values()):
        raise Http404
    return get_object_or_404(rows, **lookup)
