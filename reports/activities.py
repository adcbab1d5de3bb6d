"""各乡镇活动统计: one row a place directly under the reader's, and one for activities outside all of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Sum
from django.db.models.functions import Substr
from django.urls import reverse

from core.figures import Figure
from core.periods import Period
from core.places import under
from reports.counting import CHILD_LENGTH
from reports.overview import children
from reports.places import PLACE_FILTERS, place_kind
from reports.report import Report
from units.models import Cadre
from visits.models import Activity


@dataclass
class ActivityRow:
    """The activities of one place; `code` is the reader's own for those outside all places under it."""

    code: str
    name: str
    held: int = 0
    people: int = 0


def columns(user: Cadre, period: Period) -> list[Figure]:
    activities = reverse("activities")
    child = PLACE_FILTERS.get(CHILD_LENGTH[len(user.place)], "place")

    def held(row: ActivityRow) -> str:
        name = "place" if row.code == user.place else child
        return f"{activities}?{name}={row.code}&{period.query}"

    return [
        Figure(place_kind(user), lambda row: row.name, css=""),
        Figure("活动", lambda row: row.held, "这段时间办的活动，作废的不算", held, unit="次"),
        Figure("参加人数", lambda row: row.people, "各次活动的人数相加", held, unit="人次"),
    ]


def rows(user: Cadre, period: Period) -> list[ActivityRow]:
    """Return the places by code, then the rest if there is any, so that the rows add up to the overview's figure."""
    length = CHILD_LENGTH[len(user.place)]
    places = {code: ActivityRow(code, name) for code, name in children(user, length)}
    rest = ActivityRow(user.place, f"{user.unit.division}的单位，没有写村")
    held = Activity.objects.counted().filter(under(user.place), held_on__range=period.days).order_by()
    by_place = held.annotate(c=Substr("place", 1, length)).values_list("c")
    for code, count, people in by_place.annotate(n=Count("pk"), p=Sum("people")):
        row = places.get(code, rest)
        row.held += count
        row.people += people or 0
    return [*places.values(), *([rest] if rest.held else [])]


def total(found: Sequence[ActivityRow]) -> ActivityRow:
    return ActivityRow("", "合计", sum(row.held for row in found), sum(row.people for row in found))


REPORT = Report(
    key="activities",
    title=lambda user: f"{user.unit.division}各{place_kind(user)}活动统计",
    tells="活动次数、参加人数",
    columns=columns,
    rows=rows,
    total=total,
    notes=["没有写村的活动算在办活动的单位那里：乡镇单位的算本乡镇，县直单位的单列一行"],
)
