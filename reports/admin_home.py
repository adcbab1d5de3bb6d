"""The admin's first page: counts of open work in the unit or county, and a leader's cadres by staff number."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any, TypeVar

from django.db.models import F, Q, QuerySet
from django.urls import reverse

from core.figures import Figure, cards
from core.lists import Heading, Row, link_to
from core.periods import Period
from core.places import under
from core.templatetags.look import date_short
from households.models import Household, HouseholdPairing
from registers.cadres import NO_PASSWORD
from surveys.models import Response
from units.models import Cadre, Unit, today
from units.roles import Rank, Role
from villages.models import Village, VillagePairing
from visits.duty.rules import cadre_duties, owing
from visits.indicators import ENTERED_TIMES, VISIT_DAYS, last_day_of_cadre
from visits.models import Problem, Visit
from visits.visits.models import VisitQuerySet

Rows = TypeVar("Rows", bound=QuerySet[Any])

MOST_CADRES = 100
"""A longer list has its page; the first page stays readable."""

CADRE_HEADINGS = [
    Heading("干部", ""),
    Heading("工号", "quiet"),
    Heading("级别", "wide"),
    Heading("联户（户）", "num"),
    Heading(f"今年{VISIT_DAYS.label}", "num"),
    Heading(f"今年{ENTERED_TIMES.label}", "num"),
    Heading("最近走访", "nowrap"),
]


def admin_home(user: Cadre) -> dict[str, Any]:
    """Return home_title, home_facts, figures and tables for templates/admin/index.html."""
    day = today()
    month = Period(day.replace(day=1), day, "本月")
    if user.is_office:
        return {
            "home_title": user.unit.name,
            "home_facts": f"{_county_facts(user)}。今天 {date_short(day)}",
            "figures": cards(_figures(user, month, ""), None),
            "tables": [],
        }
    return {
        "home_title": user.unit.name,
        "home_facts": f"{_unit_facts(user)}。今天 {date_short(day)}",
        "figures": cards([*_figures(user, month, f"unit={user.unit_id}&"), _owing(user, day)], None),
        "tables": [_cadre_table(user, day)],
    }


def _county_facts(user: Cadre) -> str:
    here = under(user.place)
    units = Unit.objects.visible_to(user).filter(closed_on=None).count()
    villages = Village.objects.filter(here).current().count()
    households = Household.objects.filter(here).registered().count()
    cadres = Cadre.objects.visible_to(user).current().count()
    return f"{units:,} 个单位，{cadres:,} 名干部，{villages:,} 个村，{households:,} 户"


def _unit_facts(user: Cadre) -> str:
    pairings = VillagePairing.objects.current().filter(unit=user.unit_id).order_by("village__code")
    villages = "、".join(pairings.values_list("village__name", flat=True))
    households = HouseholdPairing.objects.current().filter(unit=user.unit_id).values("household").distinct()
    cadres = Cadre.objects.filter(unit=user.unit_id).current().count()
    contact = f"联系{villages}，" if villages else "还没有联系村，"
    return f"{cadres:,} 名干部，{contact}{households.count():,} 户"


def _figures(user: Cadre, month: Period, unit: str) -> list[Figure]:
    """Return the counts of open work; `unit` narrows the lists behind the figures to a leader's unit."""
    cadres = Cadre.objects.visible_to(user).current().exclude(role=Role.VIEWER)
    pairings = _own(user, HouseholdPairing.objects.current())
    paired = Household.objects.visible_to(user).registered().filter(pk__in=pairings.values("household"))
    in_month = Q(visited_on__range=(month.since, month.until))
    visits = _went(user, Visit.objects.visible_to(user).counted().filter(in_month))
    entered = _went(user, Visit.objects.entering().filter(in_month))
    waiting = _own(user, Response.objects.visible_to(user).filter(status=Response.Status.SUBMITTED))
    problems = _own(user, Problem.objects.visible_to(user))
    without = cadres.exclude(pk__in=HouseholdPairing.objects.current().values("cadre"))
    households_url, paired_only = reverse("households"), "" if unit else "paired=yes&"
    return [
        Figure(
            "无户干部",
            lambda _: without.count(),
            "在岗的干部里，今天没有联户的。查阅账号不算",
            url=lambda _: f"{reverse('cadres')}?paired=no",
            unit="人",
            note=lambda _: f"{cadres.count():,} 人在岗",
        ),
        Figure(
            "本月未入户",
            lambda _: paired.exclude(pk__in=entered.values("household")).count(),
            f"已结对的户里，这个月{'本单位' if unit else ''}还没有人入户的。电话联系不算入户，作废的不算",
            url=lambda _: f"{households_url}?{unit}{paired_only}visited=no&{month.query}",
            unit="户",
            note=lambda _: f"{paired.count():,} 户已结对",
        ),
        Figure(
            "本月走访",
            lambda _: visits.count(),
            "这个月走访日期的记录，补录的也算，作废的不算",
            url=lambda _: f"{reverse('visits')}?{unit}{month.query}",
            unit="条",
            note=lambda _: f"{month.since:%-m}月1日起",
        ),
        Figure(
            "待复核",
            lambda _: waiting.count(),
            "交上来还没有复核的答卷。自己调查的由双联办复核",
            url=lambda _: f"{reverse('responses')}?{unit}status={Response.Status.SUBMITTED}",
            unit="份",
            note=lambda _: "调查表",
        ),
        Figure(
            "逾期诉求",
            lambda _: problems.overdue(today()).count(),
            "登记、办理、上报以后还没有解决的诉求里，过了办结期限的。并入别的、作废的不算",
            url=lambda _: f"{reverse('problems')}?{unit}status=overdue",
            unit="件",
            note=lambda _: f"没办结 {problems.open().count():,} 件",
        ),
        Figure(
            "还没有密码",
            lambda _: Cadre.objects.visible_to(user).current().filter(NO_PASSWORD, is_active=True).count(),
            "还没有自己选过密码的账号。在干部名单里勾选后打印一次性口令",
            url=lambda _: f"{reverse('cadres')}?account=new",
            unit="人",
            note=lambda _: "没有登录过",
        ),
    ]


def _own(user: Cadre, rows: Rows) -> Rows:
    """Return the unit's rows for a leader, who sees more than those; all of them for an office."""
    return rows if user.is_office else rows.filter(unit=user.unit_id)


def _went(user: Cadre, visits: VisitQuerySet) -> VisitQuerySet:
    """Return the visits of a leader's unit, companions included; all of them for an office."""
    return visits if user.is_office else visits.of_unit(user.unit_id)


def _owing(user: Cadre, day: date) -> Figure:
    cadres = Cadre.objects.visible_to(user).current()
    behind = owing(cadre_duties(cadres, year=day.year, on=day))
    return Figure(
        "要求还欠的干部",
        lambda _: len(behind),
        "照今年的下限，按结对时间折算以后还没有完成的。点开按姓名列，不排名次",
        url=lambda _: f"{reverse('duties-unit', args=[user.unit_id])}?owing=1",
        unit="人",
        note=lambda _: f"{day.year} 年",
    )


def _cadre_table(user: Cadre, day: date) -> dict[str, Any]:
    cadres = (
        Cadre.objects.filter(unit=user.unit_id)
        .current()
        .annotate(last_visit=last_day_of_cadre())
        .order_by(F("staff_no").asc(nulls_last=True), "pk")
    )
    shown = list(cadres[: MOST_CADRES + 1])
    rows = _cadre_rows(shown[:MOST_CADRES], day)
    return {
        "title": "本单位干部",
        "note": "按工号排，不排名次",
        "columns": CADRE_HEADINGS,
        "rows": rows,
        "url": reverse("admin:units_cadre_changelist") if len(shown) > MOST_CADRES else "",
        "more": "看全部干部",
    }


def _cadre_rows(cadres: Sequence[Any], day: date) -> list[Row]:
    households = defaultdict(set)
    open_pairings = HouseholdPairing.objects.current().filter(cadre__in=cadres)
    for cadre_id, household_id in open_pairings.values_list("cadre", "household"):
        households[cadre_id].add(household_id)
    visits = Visit.objects.filter(visited_on__year=day.year).of_cadres(cadres)
    days, times = VISIT_DAYS.by(visits, "cadre"), ENTERED_TIMES.by(visits, "cadre")
    href = link_to("admin:units_cadre_change")
    return [
        Row(
            cadre.pk,
            href(cadre.pk),
            [
                cadre.name,
                cadre.staff_no,
                Rank(cadre.rank).label,
                len(households[cadre.pk]),
                days.get(cadre.pk, 0),
                times.get(cadre.pk, 0),
                cadre.last_visit,
            ],
        )
        for cadre in cadres
    ]
