"""Ask for the password again before a sensitive act, unless it was entered in this session within half an
hour.

Use `@password_again` on a view, or call `require_password` where only some requests are sensitive. A POST is
answered with a page that holds the posted data and repeats the POST with the password; a GET is redirected
through the page `password-again`, which then opens the same address.
"""

from collections.abc import Callable
from copy import copy
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth import authenticate
from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.utils import timezone

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]

GIVEN_AT = "password_given_at"
FIELD = "password_again"
LASTS = 30 * 60
"""Seconds."""
WRONG = "密码不对，请再输一次。"
PAUSED = "连续输错太多次，半小时后再试。"


class PasswordWanted(Exception):
    """Raised before anything is done. `error` describes the wrong password, '' if none was entered."""

    def __init__(self, error: str = "") -> None:
        super().__init__(error)
        self.error = error


def note_password(request: HttpRequest) -> None:
    """Note that the user has just entered the password."""
    request.session[GIVEN_AT] = int(timezone.now().timestamp())


def confirmed_lately(request: HttpRequest) -> bool:
    age = timezone.now().timestamp() - request.session.get(GIVEN_AT, 0)
    return bool(age < LASTS)


def require_password(request: HttpRequest) -> None:
    """Raise PasswordWanted unless the password was entered recently or comes with this POST."""
    if confirmed_lately(request):
        return
    given = request.POST.get(FIELD)
    error = "" if given is None else check_password(request, given)
    if given is None or error:
        raise PasswordWanted(error)


def check_password(request: HttpRequest, password: str) -> str:
    """Return the error message for the password, or '' and note it. A wrong one counts as a failed login."""
    bare = without_posted(request)
    user = authenticate(bare, username=request.user.get_username(), password=password)
    if user == request.user:
        note_password(request)
        return ""
    return PAUSED if getattr(bare, "axes_locked_out", False) else WRONG


def without_posted(request: HttpRequest) -> HttpRequest:
    """Copy the request without its POST data, which axes would store in its table of attempts."""
    bare = copy(request)
    bare.POST = QueryDict()
    return bare


def password_again(view: View[P]) -> View[P]:
    @wraps(view)
    def wrapped(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        require_password(request)
        return view(request, *args, **kwargs)

    return wrapped
