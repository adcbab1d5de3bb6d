"""Every figure of fieldwork, defined once: which visits count, what is counted once, the unit, the explanation.

Source of the rules: 次数 are household-days, 天数 are distinct days, nights stand apart, a phone contact is kept but
is no 入户, each of two cadres who go together gets the visit, their unit counts it once, and a back-filled visit
(补录) counts. Voided visits count nowhere.

A CountedFigure looks at every visit. The figures of a requirement (`REQUIRED`) look at the visits to the pairings
of a cadre or unit alone and accept calls while a family is away; their labels state the difference. Their SQL is in
`visits.duty.duty_sql`, and `visits.duty.duty_audit` explains each visit.
"""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest

from core.chunked_queries import grouped
from core.periods import Period
from units.models import Requirement
from visits.models import Visit, VisitCompanion
from visits.visits.counting import with_companions
from visits.visits.models import VisitQuerySet

Asked = Requirement.Indicator


@dataclass(frozen=True)
class FieldFigure:
    """What a figure is called, its unit, and how it is counted, as pages, sheets and prints state it."""

    label: str
    measure: str
    how: str


@dataclass(frozen=True)
class CountedFigure(FieldFigure):
    """A figure that counts the distinct values of some columns of visits.

    `which` names the method of VisitQuerySet that keeps the visits that count. A figure of cadres or units counts
    a visit for the cadre and for every companion, each in the unit of that day.
    """

    which: str
    distinct: tuple[str, ...]

    def rows(self, visits: VisitQuerySet, *by: str) -> QuerySet[Any]:
        """Return the distinct values of `by` and of the counted columns, without an order."""
        kept = getattr(visits, self.which)().order_by()
        columns = tuple(dict.fromkeys((*by, *self.distinct)))
        if {"cadre", "unit"} & set(columns):
            return with_companions(kept, *columns)
        rows: QuerySet[Any] = kept.values(*columns).distinct()
        return rows

    def count(self, visits: VisitQuerySet) -> int:
        return self.rows(visits).count()

    def by(self, visits: VisitQuerySet, *by: str) -> dict[Any, int]:
        """Return the figure of each value of `by` (a tuple if it names several columns)."""
        found = grouped(self.rows(visits, *by), "COUNT(*)", by)
        return {key[0] if len(key) == 1 else tuple(key): count for *key, count in found}


ENTERED_TIMES = CountedFigure(
    "入户户次",
    "户次",
    "一户一天算 1 户次，同一天去几次、去几个人都算 1 次；补录也算，电话联系和作废的不算。",
    "entering",
    ("household", "visited_on"),
)
ENTERED_HOUSEHOLDS = CountedFigure(
    "入过户",
    "户",
    "至少入户一次的户；电话联系和作废的不算。",
    "entering",
    ("household",),
)
VISIT_DAYS = CountedFigure(
    "走访天数",
    "天",
    "出门走访的不同日期，一天走几户也是 1 天；同去和补录的都算，电话联系和作废的不算。",
    "in_person",
    ("visited_on",),
)
VILLAGE_TIMES = CountedFigure(
    "进村次数",
    "次",
    "一个单位一天到一个村算 1 次，去几个人都算 1 次；哪个村都算，同去的算自己单位的，电话不算。",
    "inside",
    ("unit", "village", "visited_on"),
)
VILLAGE_DAYS = CountedFigure(
    "进村天数",
    "天",
    "一个单位有人进村的不同日期；哪个村都算，同去的算自己单位的，电话不算。",
    "inside",
    ("unit", "visited_on"),
)
NIGHTS = CountedFigure(
    "住村夜数",
    "夜",
    "一名干部一天最多算一夜，同住的人各算各的；电话和作废的不算。",
    "overnight",
    ("cadre", "visited_on"),
)
CADRES_OUT = CountedFigure(
    "走访干部",
    "人",
    "有走访记录的干部，同去的也算；作废的不算。",
    "counted",
    ("cadre",),
)
CARD_HOUSEHOLDS = CountedFigure(
    "连心卡发放",
    "户",
    "入户时发了民情连心卡的户，一户只算一次；作废的不算。",
    "with_card",
    ("household",),
)

_CALLS = "电话不算，举家外出期间的电话算；补录的算，作废的不算。"
_STANDING = "按当天的联户算，往年按年底算。"
REQUIRED = {
    Asked.VISIT_TIMES: FieldFigure(
        Asked.VISIT_TIMES.label,
        "户次",
        f"只算到自己结对期间的联系户，一户一天算 1 次，同去的各算各的；{_CALLS}",
    ),
    Asked.VISIT_DAYS: FieldFigure(
        Asked.VISIT_DAYS.label, "天", f"走访的不同日期，到哪一户都算，同去的各算各的；{_CALLS}"
    ),
    Asked.VISITED_HOUSEHOLDS: FieldFigure(
        Asked.VISITED_HOUSEHOLDS.label, "户", f"走访过的不同的户，不限联系户，同去的各算各的；{_CALLS}"
    ),
    Asked.CONTACT_HOUSEHOLDS: FieldFigure(Asked.CONTACT_HOUSEHOLDS.label, "户", f"自己联系的户；{_STANDING}"),
    Asked.HELP_HOUSEHOLDS: FieldFigure(Asked.HELP_HOUSEHOLDS.label, "户", f"自己帮扶的户；{_STANDING}"),
    Asked.PAIRED_HOUSEHOLDS: FieldFigure(
        Asked.PAIRED_HOUSEHOLDS.label, "户", f"自己联系或帮扶的户，一户只算一次；{_STANDING}"
    ),
    Asked.VILLAGE_TIMES: FieldFigure(
        Asked.VILLAGE_TIMES.label,
        "次",
        "一个单位一天到一个联系村（本单位干部有联系户的村也算）算 1 次，只算结对期间，"
        "去几个人都算 1 次；电话和作废的不算。",
    ),
    Asked.VILLAGE_DAYS: FieldFigure(
        Asked.VILLAGE_DAYS.label,
        "天",
        "到联系村（本单位干部有联系户的村也算）的不同日期，只算结对期间；电话和作废的不算。",
    ),
    Asked.PAIRED_VILLAGES: FieldFigure(
        Asked.PAIRED_VILLAGES.label, "个", "本单位联系的村；按当天的联村算，往年按年底算。"
    ),
}


def times_of_household(period: Period) -> Coalesce:
    """Annotate households with their 入户户次 in the period."""
    visits = Visit.objects.filter(visited_on__range=period.days).entering()
    there = visits.filter(household=OuterRef("pk")).order_by().values("household")
    return Coalesce(Subquery(there.annotate(n=Count("visited_on", distinct=True)).values("n")), 0)


def last_day_of_cadre() -> Greatest:
    """Annotate cadres with their last day out (最近走访), alone or as a companion; phone contacts are left out."""
    own = Visit.objects.in_person().filter(cadre=OuterRef("pk")).order_by().values("cadre")
    along = VisitCompanion.objects.filter(
        ~Q(visit__kind=Visit.Kind.PHONE), cadre=OuterRef("pk"), visit__voided_on=None
    )
    last_own = Subquery(own.annotate(last=Max("visited_on")).values("last"))
    last_along = Subquery(along.values("cadre").annotate(last=Max("visit__visited_on")).values("last"))
    # GREATEST of PostgreSQL skips NULL, MAX of SQLite does not.
    return Greatest(Coalesce(last_own, last_along), Coalesce(last_along, last_own))
