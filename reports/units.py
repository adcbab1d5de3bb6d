"""各单位联村联户统计：one row a unit, what it was paired with and how often its people went."""

from django.urls import reverse

from core.figures import Figure
from core.lists import link_to
from core.periods import Period
from reports import overview
from reports.overview import UnitRow
from reports.report import Report, of_indicator
from units.models import Cadre
from visits.indicators import ENTERED_HOUSEHOLDS, ENTERED_TIMES, NIGHTS, VILLAGE_DAYS, VILLAGE_TIMES


def columns(_user: Cadre, period: Period) -> list[Figure]:
    return [
        Figure("单位", lambda row: row.name, css="", url=lambda row: link_to("unit")(row.pk)),
        Figure("代码", lambda row: row.code, css="quiet"),
        *_paired(period),
        Figure("覆盖 %", lambda row: row.coverage, "入过户 ÷ 联系户", unit="%"),
        *_work(period),
    ]


def _paired(period: Period) -> list[Figure]:
    """Return what the unit was paired with at the end of the period, and how much of it its people entered."""
    households = f"{reverse('households')}?unit="
    pairings, villages = f"{reverse('pairings')}?unit=", f"{reverse('village-pairings')}?unit="

    def own(row: UnitRow) -> str:
        return f"{households}{row.pk}&{period.query}"

    return [
        Figure(
            "联系村",
            lambda row: row.villages,
            f"{period.as_at}联着的村",
            lambda row: f"{villages}{row.pk}&at={period.on}",
            css="",
        ),
        Figure(
            "联户干部",
            lambda row: row.cadres,
            f"{period.as_at}有联系户的干部；点开是一条一条的联户，一名干部可以有几条",
            lambda row: f"{pairings}{row.pk}&at={period.on}",
            unit="人",
        ),
        Figure("联系户", lambda row: row.households, f"{period.as_at}由本单位干部联着的户", own, unit="户"),
        of_indicator(
            ENTERED_HOUSEHOLDS,
            lambda row: row.entered,
            lambda row: f"{households}{row.pk}&visited=yes&{period.query}",
            among="联系户里，这段时间本单位干部",
        ),
    ]


def _work(period: Period) -> list[Figure]:
    """Return what the unit's people did in the period."""
    visits = f"{reverse('visits')}?unit="

    def inside(row: UnitRow) -> str:
        return f"{visits}{row.pk}&inside=1&{period.query}"

    return [
        of_indicator(
            ENTERED_TIMES,
            lambda row: row.times,
            lambda row: f"{visits}{row.pk}&entering=1&{period.query}",
            among="本单位干部到任何一户，",
        ),
        of_indicator(VILLAGE_TIMES, lambda row: row.village_times, inside),
        of_indicator(VILLAGE_DAYS, lambda row: row.village_days, inside),
        of_indicator(
            NIGHTS,
            lambda row: row.nights,
            lambda row: f"{visits}{row.pk}&nights=1&{period.query}",
        ),
    ]


REPORT = Report(
    key="units",
    title=lambda user: f"{user.unit.division}各单位联村联户统计",
    tells="联系村、联户干部、联系户、入户、进村、住村",
    columns=columns,
    rows=overview.units,
    total=overview.total_of_units,
    notes=["合计是各单位相加：两个单位联的同一户、同去的同一村，各算各的"],
)
