"""Refuse to serve demo data over https, where anyone may reach it, unless ALLOW_DEMO is set."""

import logging
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, MiddlewareNotUsed
from django.db import DatabaseError, connections
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from core.models import Installation

REFUSED = "示例数据的账号和密码是公开的，不能放在 https 上（HTTPS=1）。真的要演示，设 ALLOW_DEMO=1。"
PROBES = {"/healthz", "/readyz"}

logger = logging.getLogger(__name__)


def is_allowed() -> bool:
    """Return whether a demo database may be served as this machine is set up."""
    return settings.ALLOW_DEMO or not settings.HTTPS


def demo_trouble() -> str:
    """Return one sentence: why this database may not be served; '' when it may."""
    installation = None if is_allowed() else Installation.this()
    return REFUSED if installation and installation.is_demo else ""


def refuse_to_serve() -> None:
    """Check before the web server forks; if the database is unavailable, the first request checks again."""
    try:
        sentence = demo_trouble()
    except DatabaseError as error:
        logger.warning("数据库还没有起来：%s", " ".join(str(error).split()))
        return
    finally:
        connections.close_all()
    if sentence:
        raise ImproperlyConfigured(sentence)


class DemoMiddleware:
    """Check at each request: the database may have been unavailable at the start, or replaced since."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if is_allowed():
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path not in PROBES and (sentence := demo_trouble()):
            return HttpResponse(render_to_string("503_demo.html", {"sentence": sentence}), status=503)
        return self.get_response(request)
