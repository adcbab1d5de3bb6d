"""Forms on paper: blank, one filled, and a whole village in one file."""

from collections.abc import Sequence
from io import BytesIO

from django.contrib import messages
from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone

from core.confirming import password_again
from core.downloads import log_download
from core.models import Installation
from core.periods import year_in
from core.typesetting import typeset
from households.models import Household
from surveys.filling.subjects import village_of
from surveys.models import Response, Survey
from surveys.paper.filled import blank_of_households, blank_of_villages, filled
from surveys.paper.layout import Filling, paper, pictures
from units.access import get_visible, user_of
from units.models import Cadre, today
from villages.models import Village


def survey_blank(request: HttpRequest, pk: int) -> FileResponse:
    """Return the blank form with its explanations."""
    survey: Survey = get_visible(Survey.objects, user_of(request), pk=pk)
    return _pdf(request, survey, [Filling()], name=f"{survey}空白表")


def response_pdf(request: HttpRequest, pk: int) -> FileResponse:
    """Return one form as filled in so far."""
    user = user_of(request)
    response: Response = get_visible(Response.objects.select_related("survey"), user, pk=pk)
    forms = filled(response.survey, Response.objects.filter(pk=pk), user)
    return _pdf(request, response.survey, forms, name=f"{response.survey.title}{forms[0].number}")


@password_again
def survey_village_pdf(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Return the forms of a village in one file.

    Those submitted in a `year`, or with `blank` one for each registered household with known facts
    pre-filled.
    """
    user = user_of(request)
    survey: Survey = get_visible(Survey.objects, user, pk=pk)
    village = village_of(user, request.GET.get("village", ""))
    if request.GET.get("blank"):
        forms, name = _blank(survey, village, user), f"{village}{survey.title}（待填）"
    else:
        asked = request.GET.get("year", "")
        wanted = year_in(asked) if asked else today().year
        if wanted is None:
            messages.warning(request, f"没有“{asked[:10]}”这一年，没有印。")
            return redirect("survey", pk=pk)
        found = (
            Response.objects.visible_to(user).counted().filter(survey=survey, village=village, year=wanted)
        )
        forms, name = filled(survey, found, user), f"{village}{wanted}年{survey.title}"
    if not forms:
        messages.warning(request, f"没有要印的：{name}一份也没有。")
        return redirect("survey", pk=pk)
    return _pdf(request, survey, forms, name=name)


def _blank(survey: Survey, village: Village, user: Cadre) -> list[Filling]:
    if not survey.is_of_households:
        return blank_of_villages(survey, [village])
    households = Household.objects.visible_to(user).registered().filter(village=village)
    return blank_of_households(survey, households, user)


def _pdf(request: HttpRequest, survey: Survey, forms: Sequence[Filling], *, name: str) -> FileResponse:
    user, now = user_of(request), timezone.localtime()
    log_download(request, name, filters="", row_count=len(forms))
    data = paper(
        survey.form,
        forms,
        printed=f"{user.name} {now:%Y-%m-%d %H:%M} 打印",
        notice="示例数据，人物虚构" if Installation.objects.filter(is_demo=True).exists() else "",
    )
    pdf = typeset("survey", data, pictures(forms))
    return FileResponse(BytesIO(pdf), filename=f"{name}.pdf", content_type="application/pdf")
