"""Progress of a survey in a year: each registered household (or village) is in one state from 未开始 to
已复核.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Case, IntegerField, Max, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, Length, Substr

from core.chunked_queries import grouped
from core.periods import year_period
from core.places import VILLAGE, under
from households.models import Household, HouseholdPairing
from reports.overview import percent
from reports.surveys.counted import Family
from surveys.models import Response
from units.models import Cadre, Division, Unit
from villages.models import Village, VillagePairing

NOT_BEGUN, DRAFT, RETURNED, SUBMITTED, ACCEPTED = range(5)
STANDINGS = {
    NOT_BEGUN: "未开始",
    DRAFT: "草稿",
    RETURNED: "退回",
    SUBMITTED: "待复核",
    ACCEPTED: "已复核",
}
OF_STATUS = {
    Response.Status.DRAFT: DRAFT,
    Response.Status.RETURNED: RETURNED,
    Response.Status.SUBMITTED: SUBMITTED,
    Response.Status.ACCEPTED: ACCEPTED,
}
DONE = [SUBMITTED, ACCEPTED]
TOTAL = "合计"


@dataclass
class CompletionRow:
    """A place, unit or cadre, and how many of its households (or villages) stand where."""

    key: str
    name: str
    note: str = ""
    standings: Counter[int] = field(default_factory=Counter)

    @property
    def registered(self) -> int:
        return self.standings.total()

    @property
    def done(self) -> int:
        return sum(self.standings[standing] for standing in DONE)

    @property
    def coverage(self) -> Decimal | None:
        return percent(self.done, self.registered)


def subjects_of(family: Family, user: Cadre, on: date, *, communities: bool = False) -> QuerySet[Any]:
    """Return what was to be surveyed, as at the end of a day: households 在册, or villages.

    Of villages 行政村 alone unless 社区 are asked for.
    """
    if family.survey.is_of_households:
        return Household.objects.visible_to(user).registered(on).order_by()
    villages = Village.objects.visible_to(user).current(on).order_by()
    return villages if communities else villages.filter(kind=Village.Kind.VILLAGE)


def with_standing(rows: QuerySet[Any], family: Family, year: int, subject: str = "pk") -> QuerySet[Any]:
    """Add `standing`: the furthest of the year's responses on `subject` to any version of the form."""
    furthest = filled_on(family, year, subject).order_by().values(subject_of(family))
    reached = Subquery(furthest.annotate(n=Max("reached")).values("n"))
    marked: QuerySet[Any] = rows.annotate(standing=Coalesce(reached, NOT_BEGUN))
    return marked


def filled_on(family: Family, year: int, subject: str = "pk") -> QuerySet[Response]:
    """Return the year's responses on the outer query's `subject`, with how far each is, the furthest and last
    first.
    """
    reached = Case(
        *(When(status=status, then=Value(standing)) for status, standing in OF_STATUS.items()),
        output_field=IntegerField(),
    )
    filled = Response.objects.filter(
        survey__in=family.versions, year=year, **{subject_of(family): OuterRef(subject)}
    )
    return filled.annotate(reached=reached).order_by("-reached", "-surveyed_on", "-pk")


def subject_of(family: Family) -> str:
    """Return the field that ties a response, or a pairing, to what is surveyed."""
    return "household" if family.survey.is_of_households else "village"


def whole(subjects: QuerySet[Any], family: Family, year: int) -> CompletionRow:
    """Return the total, counting each subject once."""
    counts = grouped(with_standing(subjects, family, year).values("pk", "standing"), "COUNT(*)", ["standing"])
    return CompletionRow("", TOTAL, standings=Counter(dict(counts)))


def by_place(
    subjects: QuerySet[Any], family: Family, user: Cadre, year: int, place: str, length: int
) -> list[CompletionRow]:
    """Return one row a place of this length of code under `place`, by code."""
    rows = {code: CompletionRow(code, name, code) for code, name in _places(user, place, length)}
    found = with_standing(subjects, family, year).annotate(c=Substr("place", 1, length))
    _count(rows, grouped(found.values("c", "standing", "pk"), "COUNT(*)", ("c", "standing")))
    return list(rows.values()) if user.sees_place else [row for row in rows.values() if row.registered]


def _places(user: Cadre, place: str, length: int) -> Iterable[tuple[str, str]]:
    if length == VILLAGE:
        return Village.objects.filter(under(place)).order_by("code").values_list("code", "name")
    divisions = Division.objects.filter(under(place, "code")).annotate(n=Length("code")).filter(n=length)
    return divisions.order_by("code").values_list("code", "name")


def by_unit(subjects: QuerySet[Any], family: Family, units: QuerySet[Unit], year: int) -> list[CompletionRow]:
    """Return one row of each unit that was paired at the end of the year, by code, and one of those without a unit.

    Households (or villages) that two units are paired with stand at both.
    """
    pairings = pairings_on(subjects, year_period(year).on).filter(unit__in=units.order_by().values("pk"))
    subject = subject_of(family)
    found = with_standing(pairings, family, year, subject).values("unit", "standing", subject).distinct()
    counts = grouped(found, "COUNT(*)", ("unit", "standing"))
    named = units.order_by("code", "pk").values_list("pk", "name", "code")
    rows = {pk: CompletionRow(str(pk), name, code) for pk, name, code in named}
    _count(rows, counts)
    paired = [row for row in rows.values() if row.registered]
    without = subjects.exclude(pk__in=pairings_on(subjects, year_period(year).on).values(subject))
    left = whole(without, family, year)
    left.name = "没有单位联"
    return [*paired, left] if left.registered else paired


def pairings_on(subjects: QuerySet[Any], on: date) -> QuerySet[Any]:
    """Return the pairings at the end of a day with these households, or villages."""
    if subjects.model is Household:
        return HouseholdPairing.objects.current(on).filter(household__in=subjects.values("pk")).order_by()
    return VillagePairing.objects.current(on).filter(village__in=subjects.values("pk")).order_by()


def by_cadre(subjects: QuerySet[Household], family: Family, unit: int, year: int) -> list[CompletionRow]:
    """Return one row a cadre of the unit who was paired at the end of the year, by name."""
    pairings = pairings_on(subjects, year_period(year).on).filter(unit=unit)
    found = (
        with_standing(pairings, family, year, "household").values("cadre", "standing", "household").distinct()
    )
    counts = grouped(found, "COUNT(*)", ("cadre", "standing"))
    cadres = Cadre.objects.filter(pk__in={cadre for cadre, _, _ in counts}).order_by("pinyin", "pk")
    rows = {
        pk: CompletionRow(str(pk), name, staff_no or "")
        for pk, name, staff_no in cadres.values_list("pk", "name", "staff_no")
    }
    _count(rows, counts)
    return list(rows.values())


def _count(rows: dict[Any, CompletionRow], counts: Iterable[tuple[Any, ...]]) -> None:
    for key, standing, count in counts:
        if key in rows:
            rows[key].standings[standing] += count
