"""联户花名册 of a village or a unit: the sheet that is handed in, as print and as Excel."""

import tempfile
from typing import Any

from django.db.models import Q
from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from core import sheets
from core.confirming import require_password
from core.downloads import file_name, log_download, log_print, origin
from core.forms import key_of
from core.lists import Heading, Row
from core.templatetags.look import date_cn
from households.models import Household, HouseholdPairing
from units.access import get_visible, roles_required, user_of
from units.models import Cadre, Unit, today
from units.roles import Role
from villages.choices import phone_for
from villages.models import Village

VILLAGE = Heading("村", "")
HEADINGS = [
    Heading("序号", "num"),
    Heading("户主", "nowrap"),
    Heading("户编号", "nowrap"),
    VILLAGE,
    Heading("组", "nowrap"),
    Heading("人口", "num"),
    Heading("属性", "nowrap"),
    Heading("致贫原因", ""),
    Heading("联户干部", "nowrap"),
    Heading("单位", ""),
    Heading("职务", ""),
    Heading("级别", "nowrap"),
    Heading("电话", "nowrap"),
    Heading("结对日期", "nowrap"),
]


@roles_required(Role.OFFICE, Role.LEADER, Role.VIEWER)
def roster(request: HttpRequest) -> HttpResponseBase:
    user = user_of(request)
    subject = _subject(request, user)
    pairings = _pairings(user, subject)
    of_unit = isinstance(subject, Unit)
    # In the roster of a village every row would repeat its name.
    headings = [heading for heading in HEADINGS if of_unit or heading is not VILLAGE]
    rows = [Row(p.pk, "", _cells(user, number, p, of_unit)) for number, p in enumerate(pairings, start=1)]
    # Many a county has two villages of one name.
    name = str(subject) if of_unit else f"{subject.division}{subject}"
    title, summary = f"{name}联户花名册", _summary(user, subject, pairings)
    unit = subject if of_unit else user.unit
    if request.GET.get("export") == "xlsx":
        return _workbook(request, title, str(unit), headings, rows, summary)
    log_print(request, "联户花名册", filters=title, row_count=len(rows))
    return render(
        request,
        "pairings/roster.html",
        {
            "page": {"title": title},
            "sheet": {
                "unit": unit,
                "wide": True,
                "back": reverse("unit" if of_unit else "village", args=[subject.pk]),
            },
            "columns": headings,
            "rows": rows,
            "summary": summary,
            "board": "" if of_unit or user.is_viewer else f"{reverse('pairing-board')}?village={subject.pk}",
            "export": f"{request.get_full_path()}&export=xlsx",
        },
    )


def _subject(request: HttpRequest, user: Cadre) -> Unit | Village:
    """Return the village or the unit asked for."""
    if "village" in request.GET:
        return get_visible(
            Village.objects.select_related("division"), user, pk=key_of(request.GET["village"])
        )
    if "unit" in request.GET:
        return get_visible(Unit.objects, user, pk=key_of(request.GET["unit"]))
    raise Http404("花名册要说明是哪个村或哪个单位。")


def _pairings(user: Cadre, subject: Unit | Village) -> list[Any]:
    """Return present pairings that the user may see; a leader's roster of a village has those of the unit."""
    current = HouseholdPairing.objects.visible_to(user).current().with_head()
    where = Q(unit=subject) if isinstance(subject, Unit) else Q(household__village=subject)
    rows = current.filter(where).select_related("cadre", "unit", "household__village")
    return list(rows.order_by("household__no", "kind"))


def _cells(user: Cadre, number: int, pairing: Any, of_unit: bool) -> list[Any]:
    household, cadre = pairing.household, pairing.cadre
    return [
        number,
        pairing.head_name or "",
        household.no,
        *([str(household.village)] if of_unit else []),
        household.group,
        household.size,
        household.get_kind_display(),
        household.get_main_cause_display(),
        cadre.name,
        str(pairing.unit),
        cadre.post,
        pairing.get_rank_display(),
        phone_for(user)(cadre.phone) or "",
        pairing.started_on,
    ]


def _summary(user: Cadre, subject: Unit | Village, pairings: list[Any]) -> str:
    """Return the line under the table: the number of households, and for a village how many have no cadre."""
    households = len({pairing.household_id for pairing in pairings})
    cadres = len({pairing.cadre_id for pairing in pairings})
    said = f"共 {len(pairings)} 条联户，{households} 户，{cadres} 名干部。"
    if isinstance(subject, Unit):
        return said
    here = Household.objects.visible_to(user).filter(village=subject)
    return f"{said}全村在册 {here.registered().count()} 户，未结对 {here.unpaired().count()} 户。"


def _workbook(
    request: HttpRequest, title: str, unit: str, headings: list[Heading], rows: list[Row], summary: str
) -> HttpResponseBase:
    require_password(request)
    user = user_of(request)
    day = f"日期：{date_cn(today())}现在的"
    facts = [f"填报单位：{unit}", f"制表人：{user.name}", day, origin(user)[-1]]
    log_download(request, "联户花名册", filters=title, row_count=len(rows))
    file = tempfile.TemporaryFile()  # noqa: SIM115 (FileResponse closes it)
    labels = [heading.label for heading in headings]
    cells = [row.cells for row in rows]
    sheets.write_table(file, title, facts, labels, cells, footer=summary, sheet_name="联户花名册")
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=file_name(user, title))
