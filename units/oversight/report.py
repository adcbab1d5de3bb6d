"""安全情况: a day's or week's security report for an office's place and below. One set-based query per table.

People are ordered by unit and name, never by count: the report is not a ranking.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from axes.models import AccessFailureLog
from django.db.models import Count, F, Max, Q, QuerySet, Sum
from django.urls import reverse
from django.utils.http import urlencode

from core.display import fields_of, lines_of, names_in
from core.lists import Heading, Row, link_to
from core.models import ACCOUNTS, Change, Download, OverLimit, Reveal
from core.oversight import begin_of
from core.places import above
from units.models import Cadre, today
from units.roles import Role
from units.workdays import corrections, works_by_calendar

MOST = 200
"""Maximum rows per table; a day with more than that is conspicuous anyway."""
MORNING, EVENING = 6, 22
"""Working hours.

On days off cadres visit households and look up numbers there, so only files count as unusual.
"""
TOLD = ("role", "is_active", "unit")
"""Changes of an account in the report, beside new accounts and one-time codes."""
PERIODS = {"today": "今天", "yesterday": "昨天", "week": "本周", "lastweek": "上周"}
PERSON = ("by__name", "by__unit__name", "by__role")
IN_ORDER = ("by__unit__code", "by__unit__name", "by__name", "by_id")


@dataclass(frozen=True)
class Days:
    """From `since` to `until`, both included."""

    since: date
    until: date

    @property
    def moments(self) -> tuple[datetime, datetime]:
        """Return the half-open time span of the days."""
        return begin_of(self.since), begin_of(self.until + timedelta(days=1))

    def within(self, field: str = "at") -> Q:
        begin, end = self.moments
        return Q(**{f"{field}__gte": begin, f"{field}__lt": end})

    def each(self) -> Iterator[date]:
        return (self.since + timedelta(days=n) for n in range((self.until - self.since).days + 1))


def _nights(days: Iterable[date]) -> Q:
    """Select nights as time spans: SQLite would compute each row's hour in Python."""
    within = Q(pk=None)
    for day in days:
        within |= Q(at__gte=begin_of(day), at__lt=begin_of(day, MORNING))
        within |= Q(at__gte=begin_of(day, EVENING), at__lt=begin_of(day + timedelta(days=1)))
    return within


def _daytime(days: Iterable[date]) -> Q:
    within = Q(pk=None)
    for day in days:
        within |= Q(at__gte=begin_of(day, MORNING), at__lt=begin_of(day, EVENING))
    return within


def days_of(period: str) -> Days:
    """Return the days of one of PERIODS; a week begins on Monday, and the current one ends today."""
    day = today()
    monday = day - timedelta(days=day.weekday())
    return {
        "today": Days(day, day),
        "yesterday": Days(day - timedelta(days=1), day - timedelta(days=1)),
        "week": Days(monday, day),
        "lastweek": Days(monday - timedelta(days=7), monday - timedelta(days=1)),
    }[period]


@dataclass(frozen=True)
class ReportTable:
    """One table of the report, as `_table.html` takes it; `none` is shown when it has no rows."""

    title: str
    note: str
    columns: Sequence[Heading]
    rows: Sequence[Row]
    none: str


def _table(title: str, note: str, headings: str, rows: Iterable[Row], none: str) -> ReportTable:
    """Build a table; `headings` is split at spaces, numeric ones end in #."""
    columns = [Heading(word.rstrip("#"), "num" if word.endswith("#") else "") for word in headings.split()]
    shown = list(rows)
    more = f"只列前 {MOST} 行。" if len(shown) > MOST else ""
    return ReportTable(title, note + more, columns, shown[:MOST], none)


def report(user: Cadre, days: Days) -> list[ReportTable]:
    return [
        reasons(user, days),
        reveals(user, days),
        downloads(user, days),
        unusual_hours(user, days),
        accounts(user, days),
        failed_logins(user, days),
    ]


def reveals(user: Cadre, days: Days) -> ReportTable:
    acts = {f"n_{act.value}": Count("pk", filter=Q(act=act)) for act in Reveal.Act}
    persons = Count("id_hash", distinct=True, filter=~Q(id_hash=""))
    found = _by_person(_reveals_of(user).filter(days.within()))
    rows = found.annotate(persons=persons, **acts).values_list("by_id", *PERSON, "persons", *acts)[: MOST + 1]
    return _table(
        "用过整个身份证号",
        "人数是看过、查过几个人，同一个人一段时间里只算一次；后面三列是次数。",
        "干部 单位 角色 人数# 查看# 按号码查找# 查重#",
        (_person_row(*row) for row in rows),
        "没有人看过、查过整个身份证号。",
    )


def _reveals_of(user: Cadre) -> QuerySet[Any]:
    """Return reveals in the office's place, except by offices above, which still higher offices review."""
    higher = [place for place in above(user.place) if place != user.place]
    by_higher = Q(by__role__in=[Role.OFFICE, Role.VIEWER], by__place__in=higher)
    return Reveal.objects.visible_to(user).exclude(by_higher)


def downloads(user: Cadre, days: Days) -> ReportTable:
    found = _by_person(Download.objects.visible_to(user).filter(days.within()))
    rows = found.annotate(files=Count("pk"), taken=Sum("row_count")).values_list(
        "by_id", *PERSON, "files", "taken"
    )
    return _table(
        "导出和打印",
        "每个文件的内容和筛选条件在导出记录里。",
        "干部 单位 角色 文件# 行数#",
        (_person_row(*row, url=_downloads_of(row[1])) for row in rows[: MOST + 1]),
        "没有人导出、打印。",
    )


def _downloads_of(name: str) -> str:
    return f"{reverse('downloads')}?{urlencode({'q': name})}"


def _by_person(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.order_by(*IN_ORDER).values("by_id", *PERSON)


def _person_row(key: int, name: str, unit: str, role: str, *cells: Any, url: str = "") -> Row:
    return Row(key, url or link_to("cadre")(key), [name, unit, Role(role).label, *cells])


def unusual_hours(user: Cadre, days: Days) -> ReportTable:
    """List per person: numbers used and files exported at night, files exported on days off, the last time."""
    night, off = _nights(days.each()), _daytime(_days_off(user, days))
    found: dict[int, list[Any]] = {}
    seen = _by_person(_reveals_of(user).filter(days.within(), night))
    for key, *person, count, last in seen.annotate(n=Count("pk"), last=Max("at")).values_list(
        "by_id", *PERSON, "n", "last"
    ):
        found[key] = [*person, count, 0, 0, last]
    taken = _by_person(Download.objects.visible_to(user).filter(days.within(), night | off))
    for key, *person, at_night, off_work, last in taken.annotate(
        n=Count("pk", filter=night), m=Count("pk", filter=off), last=Max("at")
    ).values_list("by_id", *PERSON, "n", "m", "last"):
        row = found.setdefault(key, [*person, 0, 0, 0, last])
        row[4:] = [at_night, off_work, max(row[6], last)]
    rows = (_person_row(key, *row) for key, row in sorted(found.items(), key=lambda item: item[1][1::-1]))
    return _table(
        "不寻常的时间",
        f"夜里 {EVENING} 点到早上 {MORNING} 点用身份证号、导出的，休息日白天导出的；休息日白天入户查看不算。",
        "干部 单位 角色 夜里用身份证号# 夜里导出# 休息日导出# 最近一次",
        rows,
        "没有人在这些时间用身份证号、导出。",
    )


def _days_off(user: Cadre, days: Days) -> set[date]:
    corrected = corrections(user.place, days.since - timedelta(days=1))
    return {day for day in days.each() if not corrected.get(day, works_by_calendar(day))}


def accounts(user: Cadre, days: Days) -> ReportTable:
    """List changes of role and unit, 停用 and 启用, one-time codes, and new accounts above a cadre."""
    seen = Cadre.objects.visible_to(user).values("pk")
    told = Q(act=Change.Act.CREATED)
    for name in (*TOLD, "code_hash", "second_factor_at"):
        told |= Q(changes__has_key=name)
    changes = list(
        Change.objects.filter(days.within(), told, table=ACCOUNTS, row__in=seen)
        .exclude(Q(changes__has_key="code_hash") & Q(by=F("row")))
        .annotate(by_name=F("by__name"))
        .order_by("-at", "-pk")[: MOST + 1]
    )
    cadres = Cadre.objects.select_related("unit").in_bulk({change.row for change in changes})
    fields = {name: field for name, field in fields_of(Cadre).items() if name in TOLD}
    names = names_in(fields, [change.changes or {} for change in changes])
    rows = [
        Row(
            change.pk,
            link_to("cadre")(change.row),
            [cadre.name, str(cadre.unit), *_cells_of_change(change, said)],
        )
        for change in changes
        if (cadre := cadres.get(change.row)) and (said := _said(change, cadre, fields, names))
    ]
    return _table(
        "账号的变动",
        "角色、单位、停用和启用、一次性口令、两步登录，新开的高于干部的账号。",
        "干部 单位 变动 谁办的 经由 何时",
        rows,
        "没有变动。",
    )


def _cells_of_change(change: Any, said: str) -> list[Any]:
    return [said, change.by_name or "系统", change.get_source_display(), change.at]


def _said(change: Change, cadre: Cadre, fields: Any, names: Any) -> str:
    """Describe what happened to the account; '' for a new cadre's, of which there are many."""
    if change.act == Change.Act.CREATED:
        return "" if cadre.role == Role.CADRE else f"新账号，{cadre.get_role_display()}"
    changes = change.changes or {}
    lines = [f"{label}：{old} → {new}" for label, old, new in lines_of(fields, changes, names)]
    if "code_hash" in changes:
        lines.append("发了一次性口令")
    if "second_factor_at" in changes:
        lines.append(_of_second_factor(change))
    return "；".join(lines)


def _of_second_factor(change: Change) -> str:
    if (change.changes or {})["second_factor_at"][1]:
        return "开通了两步登录"
    return "关闭了两步登录" if change.by_id == change.row else "两步登录重置了"


class Tries(NamedTuple):
    """Failed logins by one name from one address."""

    address: str | None
    times: int
    last: datetime


def failed_logins(user: Cadre, days: Days) -> ReportTable:
    """List failed logins by account; count only the unknown names, which may be mistyped passwords."""
    failures = AccessFailureLog.objects.filter(days.within("attempt_time")).order_by()
    by_name: dict[str, list[Tries]] = defaultdict(list)
    for name, *tries in (
        failures.values("username", "ip_address")
        .annotate(n=Count("pk"), last=Max("attempt_time"))
        .values_list("username", "ip_address", "n", "last")
    ):
        by_name[name].append(Tries(*tries))
    named = failures.values("username")
    cadres = Cadre.objects.filter(Q(phone__in=named) | Q(staff_no__in=named)).select_related("unit")
    known = {number for pair in cadres.values_list("phone", "staff_no") for number in pair}
    mine = cadres.filter(pk__in=Cadre.objects.visible_to(user).values("pk")).order_by(
        "unit__code", "unit__name", "name", "pk"
    )
    rows = [
        Row(cadre.pk, link_to("cadre")(cadre.pk), [cadre.name, str(cadre.unit), *facts])
        for cadre in mine
        if (facts := _summed([one for n in (cadre.phone, cadre.staff_no) if n for one in by_name.get(n, [])]))
    ]
    if user.is_county_office and (strange := [tries for n, tries in by_name.items() if n not in known]):
        told = _summed([tries for of_name in strange for tries in of_name])
        rows.append(Row(0, "", ["没有这个账号", f"{len(strange):,} 个登录名", *told]))
    note = "密码、一次性口令和验证码输错的；地址是从几台机器、几处网络试的。"
    return _table("登录失败", note, "干部 单位 次数# 地址# 最近一次", rows, "没有登录失败。")


def _summed(tries: Sequence[Tries]) -> list[Any]:
    """Return the number of attempts, the number of addresses and the last time; empty without attempts."""
    if not tries:
        return []
    addresses = {one.address for one in tries}
    return [sum(one.times for one in tries), len(addresses), max(one.last for one in tries)]


def reasons(user: Cadre, days: Days) -> ReportTable:
    given = OverLimit.objects.visible_to(user).filter(on__range=(days.since, days.until))
    rows = (
        Row(
            over.pk,
            link_to("cadre")(over.by_id),
            [over.by.name, str(over.by.unit), over.what_was_exceeded, over.text, over.at],
        )
        for over in given.select_related("by__unit").order_by("-pk")[: MOST + 1]
    )
    return _table("超过限额的原因", "", "干部 单位 超过什么 原因 何时", rows, "没有人超过限额。")


def anything(user: Cadre, days: Days) -> bool:
    """Return whether the report of these days has any rows."""
    logs = (_reveals_of(user), Download.objects.visible_to(user))
    return any(log.filter(days.within()).exists() for log in logs)
