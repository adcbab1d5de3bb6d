"""The columns of a filled form: subject and surveyor, one per item, confirmations, the version."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import ClassVar

from core.cells import Cell, CellError, clean_text
from core.dates import clean_date
from core.display import Lines
from core.importing.columns import Cleaner, Format, SheetColumn, field_column, past_date
from core.importing.heading import HeadingRow, ImportRefused, find_heading
from core.importing.planning import Plan
from core.importing.sheet import ImportSheet
from core.importing.table import Table
from core.sheets import Workbook
from households.importing.naming import naming_columns
from households.models import Household, Member
from surveys.definition.document import Definition
from surveys.definition.items import UNKNOWN_LABEL, Item
from surveys.definition.wording import condition_in_words
from surveys.exchange.devices import MEMBERS_HEADING, translate
from surveys.exchange.importing.editions import find_survey, named_edition, open_survey
from surveys.exchange.importing.responses import ResponsePlanning
from surveys.models import Response, Survey
from surveys.review.history_lines import told_fields
from villages.finding import village_columns

LONGEST_LABEL = 50
"""A heading of more than 60 characters is not recognised."""
LONGEST_REFUSAL = 500
"""Characters of a run's message."""
FORMATS: Mapping[str, Format] = {"number": "number", "date": "date"}
COLLECTED = "ODK、Kobo 按导出的 XLSForm 收的答卷，导出的表原样传。"
SURVEYOR = "手机号、工号或姓名；有同名的写手机号"
WORD = "有提醒而情况属实的，写一句原因；没有提醒就空着"


def _read_members(value: Cell) -> list[tuple[int, dict[str, Cell]]]:
    """Read what `surveys.exchange.devices` wrote; anything else is typed by somebody."""
    try:
        return [(int(number), dict(facts)) for number, facts in json.loads(str(value))]
    except (ValueError, TypeError) as error:
        raise CellError("这一列由系统从重复组里填", "把这一列删去") from error


def _refuse_lacking(survey: Survey, columns: Mapping[str, SheetColumn], found: HeadingRow) -> None:
    """Raise ImportRefused that names the required items without a column, by code alone if they are many."""
    lacking = [c for key, c in columns.items() if c.required and key not in found.positions]
    items = survey.form.items
    if not any(column.key in survey.form.by_code for column in lacking):
        return
    has = sum(item.code in found.positions for item in items)
    start = f"列名在第 {found.row + 1} 行，{len(items)} 题里有 {has} 题，缺少必填的"
    end = "，补上这些列再传。"
    named = "、".join(column.label for column in lacking)
    if len(start + named + end) > LONGEST_REFUSAL:
        named = "、".join(column.label.partition(" ")[0] for column in lacking)
    raise ImportRefused(f"{start}{named}{end}")


MEMBERS = SheetColumn("members", MEMBERS_HEADING, _read_members, secret=True, of_one_row=True)


class ResponseSheet(ImportSheet):
    """Without a survey it has the columns common to every form; `fitted` returns the sheet of one version."""

    main = Response
    needed = False
    subject: ClassVar[str]

    def __init__(self, survey: Survey | None = None, *, with_members: bool = False) -> None:
        """`with_members` adds the column of members that a device recorded (`surveys.exchange.devices`)."""
        self.survey = survey
        self.with_members = with_members

    def translate(self, book: Workbook) -> None:
        translate(book, self.subject, lambda survey: type(self)(survey).headings)

    @property
    def headings(self) -> dict[str, str]:
        return {key: column.label for key, column in self.columns.items()}

    def declare(self) -> Iterable[SheetColumn]:
        form = self.survey.form if self.survey else None
        return [
            *self.naming(),
            field_column(
                Response,
                "surveyed_on",
                clean=_day_cleaner(form),
                required=True,
                aliases=("日期", "填表日期"),
                clearable=False,
            ),
            SheetColumn(
                "surveyor",
                "调查人",
                lambda value: clean_text(value, 40),
                help=SURVEYOR,
                aliases=("填表人", "调查人（联户干部）", "调查人姓名"),
                clearable=False,
            ),
            *([field_column(Response, "signed")] if form and form.bound("response.signed") else []),
            *([item_column(form, item) for item in form.asked if not item.calculation] if form else []),
            SheetColumn("word", "核对说明", lambda value: clean_text(value, 200), help=WORD),
            SheetColumn("version", "版本", lambda value: clean_text(value, 60), help="不要改", known=True),
            *([MEMBERS] if self.with_members else []),
        ]

    def naming(self) -> list[SheetColumn]:
        raise NotImplementedError

    def fitted(
        self, place: str, rows: Sequence[Sequence[Cell]] = (), heading: HeadingRow | None = None
    ) -> ImportSheet:
        if heading is None:
            survey = open_survey(self.subject, place)
            return type(self)(survey) if survey else self
        survey = find_survey(self.subject, place, named_edition(rows, heading))
        sheet = type(self)(survey, with_members=MEMBERS_HEADING in rows[heading.row])
        found = find_heading(sheet, rows)
        if found:
            _refuse_lacking(survey, sheet.columns, found)
        return sheet

    def field_lines(self, rows: Sequence[int]) -> Lines:
        """Return formatters of the answers for the file's version; the submission time is only bookkeeping."""
        form = Response.objects.select_related("survey").get(pk=rows[0]).survey.form
        return {**told_fields(form, Item.as_typed), "submitted_at": lambda _old, _new: []}

    def plan(self, table: Table, plan: Plan) -> None:
        assert self.survey, "a file is read with the columns of one version"
        ResponsePlanning(self.survey, table, plan).run()


class HouseholdSurveySheet(ResponseSheet):
    key, label, subject = "household_surveys", "贫困户调查表", Survey.Subject.HOUSEHOLD
    intro = (
        f"一行一户填好的表，一列一题。在“调查表”页下载一个村的工作簿，填了再传；没填的行不导入。{COLLECTED}"
    )
    after = ("cadres", "households", "members")
    either = (("no", "head_id"),)

    def naming(self) -> list[SheetColumn]:
        number, head_id = naming_columns()
        checked = "核对用，不导入"
        return [
            replace(number, known=True),
            field_column(
                Member,
                "name",
                key="head_name",
                label="户主姓名",
                aliases=("户主", "姓名"),
                help=checked,
                clearable=False,
                known=True,
            ),
            field_column(Household, "group", help=checked, aliases=("组", "社"), known=True),
            field_column(
                Household,
                "size",
                help=f"{checked}；不对就先改户的人口和成员",
                aliases=("家庭人口数", "人口"),
                known=True,
            ),
            head_id,
        ]


class VillageSurveySheet(ResponseSheet):
    key, label, subject = "village_surveys", "联系村调查表", Survey.Subject.VILLAGE
    intro = f"一行一个村填好的表，一列一题。在“调查表”页下载一个乡镇的工作簿，填了再传；没填的行不导入。{COLLECTED}"
    after = ("cadres", "villages")
    either = (("village", "village_code"),)

    def naming(self) -> list[SheetColumn]:
        return [replace(column, known=True) for column in village_columns()]


def item_column(form: Definition, item: Item) -> SheetColumn:
    """Return the column “A01 住房面积（平方米）”, also recognised as “A01”, cleaned as in the form."""
    unit = f"（{item.unit}）" if item.unit else ""
    unknown = (UNKNOWN_LABEL,) if item.unknown_allowed else ()
    limits = (item.min, item.max) if item.type == "number" and None not in (item.min, item.max) else None
    return SheetColumn(
        item.code,
        f"{item.code} {item.label}"[:LONGEST_LABEL] + unit,
        item.clean,
        required=item.required and item.condition is None,
        help=_help(form, item),
        aliases=(item.code,),
        choices=unknown if limits else _choices(item, unknown),
        format=FORMATS.get(item.type, "text"),
        between=limits,
    )


def _choices(item: Item, unknown: tuple[str, ...]) -> tuple[str, ...]:
    if item.type == "yesno":
        return ("是", "否", *unknown)
    if item.type == "single" and item.options:
        return (*item.labels.values(), *unknown)
    return ()


def _help(form: Definition, item: Item) -> str:
    said = [condition_in_words(item, form)]
    if item.type == "number":
        said.append(item.answer_form)
    elif item.type == "multi":
        most = f"最多 {item.max_select} 项，" if item.max_select else ""
        said.append(f"{most}几项之间用分号；隔开，写名称或代码")
        said.append("　".join(f"{option.code} {option.label}" for option in item.options))
    return "。".join(filter(None, [*said, item.help]))


def _day_cleaner(form: Definition | None) -> Cleaner:
    """Return the cleaner of the form's own 调查日期, if it has one."""
    dated = form.dated if form else None
    if dated is None:
        return past_date

    def clean(value: Cell) -> date | None:
        day = dated.clean(value)
        return clean_date(str(day)) if day else None

    return clean
