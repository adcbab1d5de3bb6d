"""Download the workbook of a form for a village or a township."""

from io import BytesIO

from django.contrib import messages
from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from core.confirming import password_again
from core.downloads import file_name, log_download
from core.oversight import allow_export
from core.places import TOWN, under
from households.models import Household
from surveys.exchange.workbook import household_workbook, village_workbook
from surveys.filling.subjects import village_of
from surveys.models import Survey
from units.access import get_visible, recorder_required, user_of
from villages.models import Village


@recorder_required
@password_again
def survey_workbook(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Return one row per registered household of a `village` in the reader's scope, or per village of a
    township.

    Villages are listed when the form is about villages. `last` pre-fills the answers of last time.
    """
    user = user_of(request)
    survey: Survey = get_visible(Survey.objects.open(), user, pk=pk)
    allow_export(user)
    village = village_of(user, request.GET.get("village", ""))
    last = request.GET.get("last") == "1"
    if survey.is_of_households:
        households = Household.objects.visible_to(user).registered().filter(village=village)
        name, (data, count) = (
            f"{village}{survey.title}",
            household_workbook(survey, households, user, last=last),
        )
    else:
        villages = Village.objects.visible_to(user).current().filter(under(village.code[:TOWN], "code"))
        town = village.division
        name, (data, count) = f"{town}{survey.title}", village_workbook(survey, villages, user, last=last)
    if not count:
        messages.warning(request, f"没有可填的行：{village}没有您看得见的在册贫困户。")
        return redirect("survey", pk=pk)
    log_download(request, f"{name}工作簿", filters="带上次的答案" if last else "", row_count=count)
    return FileResponse(
        BytesIO(data), as_attachment=True, filename=file_name(user, name, period=f"{survey.edition}版")
    )
