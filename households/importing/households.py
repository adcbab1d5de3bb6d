"""Import sheet of 贫困户: one row is a household and its head."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from core import identity
from core.cells import Cell, CellError, clean_phone, clean_words
from core.chunked_queries import chunks, rows_in, stored_rows
from core.importing.columns import NOTHING, SheetColumn, field_column
from core.importing.heading import HeadingRow
from core.importing.planning import Outcome, Plan, values_for_new, values_for_stored
from core.importing.sheet import Created, ImportSheet
from core.importing.table import Table
from core.word_lists import split_words
from households.choices import Relation, Status
from households.importing.finding import (
    NO_SUCH,
    HeadNames,
    group_key,
    households_by_no,
    number_column,
    village_problem,
)
from households.importing.naming import GROUP_ALIASES
from households.importing.people import (
    FOLLOWING,
    STORED_A_STEP,
    Identities,
    change_person,
    holders,
    may_be_new,
    new_person,
    person_columns,
    refuse_mask,
    refuse_other_holder,
)
from households.importing.roster_headings import likely_heading, roster_or
from households.importing.spellings import SPELLINGS
from households.models import Household, Member
from households.registering import next_nos
from units.models import Word
from villages.finding import find_villages, village_columns
from villages.models import Village

HOUSEHOLD = (
    "external_no",
    "group",
    "address",
    "phone",
    "size",
    "kind",
    "main_cause",
    "other_causes",
    "tags",
    "identified_on",
    "income_when_identified",
    "note",
)


def words(value: Any) -> str:
    return clean_words(value, 60)


class HouseholdSheet(ImportSheet):
    key, label, main = "households", "贫困户", Household
    computed = "联户干部|单位|.*入户"
    intro = "一行一户，连户主。已有的户按户编号认，没有编号按户主身份证号，再按村、组和户主姓名认。"
    after = ("villages",)
    counter = "户"
    free_with = ("no",)
    either = (("village", "village_code"),)

    def declare(self) -> Iterable[SheetColumn]:
        cleaners: dict[str, Any] = {
            "external_no": {"of_one_row": True},
            "phone": {
                "clean": clean_phone,
                "of_one_row": True,
                "aliases": ("电话", "手机号", "手机号码", "电话号码", "联系方式", "户主电话"),
            },
            "address": {"aliases": ("家庭住址", "家庭地址", "详细地址")},
            "group": {"aliases": GROUP_ALIASES},
            "kind": {
                "aliases": ("属性", "户类型", "贫困属性"),
                "spellings": SPELLINGS["kind"],
                "clearable": False,
            },
            "main_cause": {"aliases": ("致贫原因",), "spellings": SPELLINGS["main_cause"]},
            "other_causes": {"clean": words, "help": "几样之间用顿号"},
            "tags": {"clean": words, "help": "如 五保、重病、留守，几样之间用顿号"},
            "size": {
                "required": True,
                "aliases": ("人口", "人口数", "总人口", "家庭人口数", "家庭人数"),
                "clearable": False,
            },
            "identified_on": {"aliases": ("识别时间", "建档时间", "建档日期")},
            "income_when_identified": {"aliases": ("人均纯收入",)},
        }
        fields = {name: field_column(Household, name, **cleaners.get(name, {})) for name in HOUSEHOLD}
        note = fields.pop("note")
        return [
            number_column(help="新户空着，导入后由系统给"),
            fields.pop("external_no"),
            *village_columns(),
            *fields.values(),
            field_column(Household, "status", help="核对用，改状态在户的页面上办", clearable=False),
            field_column(
                Member,
                "name",
                key="head_name",
                label="户主姓名",
                required=True,
                aliases=("户主", "姓名"),
                clearable=False,
                identifies=True,
            ),
            *person_columns("户主身份证号", "户主身份证号码"),
            note,
        ]

    def fitted(
        self, place: str, rows: Sequence[Sequence[Cell]] = (), heading: HeadingRow | None = None
    ) -> ImportSheet:
        return roster_or(self, rows, heading) if heading else self

    def widened(self, rows: Sequence[Sequence[Cell]]) -> ImportSheet | None:
        found = roster_or(self, rows, likely_heading(rows))
        return found if found is not self else None

    def plan(self, table: Table, plan: Plan) -> None:
        HouseholdCheck(table, plan).run()

    def before_insert(self, created: Created) -> None:
        rows = created.get(Household._meta.label_lower, [])
        for row, number in zip(rows, next_nos([row["village_id"] for row in rows]), strict=True):
            row["no"] = number

    def given(self, row: dict[str, Any]) -> str:
        return str(row["no"])


class HouseholdCheck:
    """The check of one sheet.

    `sizes` are the numbers of people by row, for new households without 家庭人口; `headless` are rows that do
    not describe the head, so that they make no new household.
    """

    def __init__(
        self,
        table: Table,
        plan: Plan,
        sizes: Mapping[int, int] | None = None,
        headless: Collection[int] = (),
    ) -> None:
        self.table, self.plan = table, plan
        self.sizes, self.without_head = sizes or {}, headless
        self.counted: list[int] = []
        """Rows of new households whose people were counted."""
        self.identities = Identities(table)
        self.known = self.identities.known()
        self.by_no = households_by_no(table)
        stored = [self.by_no.get(number, {}).get("place") for number in table["no"]]
        self.villages = find_villages(table, plan, needed=not table.has("no"), stored=stored)
        self.found: list[int | None] = [None] * len(table)
        self.headless: list[int] = []

    def run(self) -> None:
        self._match_numbers()
        self._match_people()
        self._match_names()
        self._refuse_twice()
        fresh = [index for index in self.table.sound() if self.found[index] is None]
        self._plan_stored()
        self._plan_new([index for index in fresh if self._may_be_new(index)])
        self._warn_of_tags()

    # --- which household a row means -----------------------------------------------------------

    def _match_numbers(self) -> None:
        if not self.table.has("no"):
            return
        for index in list(self.table.sound()):
            number = self.table.get("no", index)
            if number and number in self.by_no:
                self._accept(index, "no", self.by_no[number]["id"], self.by_no[number]["place"])
            elif number:
                self.table.error(index, "no", NO_SUCH.why, NO_SUCH.remedy)
            elif self.villages[index] is None:
                self.table.error(index, "village", "没有写是哪个村", "填户编号，或填村")

    def _accept(self, index: int, key: str, household: int, place: str) -> None:
        problem = village_problem(place, self.villages[index], self.plan.by.place)
        if problem:
            self.table.error(index, key, problem.why, problem.remedy)
        else:
            self.found[index] = household

    def _match_people(self) -> None:
        for index in self._open():
            village = self.villages[index]
            assert village is not None
            for person in holders(self.identities, self.known, index, village.code):
                if person["relation"] == Relation.HEAD:
                    self._accept(index, "id_number", person["household_id"], person["place"])

    def _match_names(self) -> None:
        keys = {}
        for index in self._open():
            village, name = self.villages[index], self.table.get("head_name", index)
            if village and name:
                keys[index] = (village.pk, name)
        names = HeadNames(keys.values())
        if not names.heads and not names.closed:
            return
        for index, (village_pk, name) in keys.items():
            group = self.table.get("group", index, "")
            answer = names.find(village_pk, group, name, self.identities, index)
            if isinstance(answer, CellError):
                self.table.error(index, "head_name", answer.why, answer.remedy)
            else:
                self.found[index] = answer

    def _open(self) -> list[int]:
        """Return the rows without errors whose household is not found yet."""
        return [index for index in self.table.sound() if self.found[index] is None]

    def _refuse_twice(self) -> None:
        self.table.refuse_twice(self.identities.keys(), "id_number", "一人只留一行")
        found = [None if self.table.wrong(i) else pk for i, pk in enumerate(self.found)]
        self.table.refuse_twice(found, "head_name", "一户只留一行")
        first: dict[Any, list[int]] = {}
        for index in self._open():
            village = self.villages[index]
            first.setdefault((village and village.pk, self.table.get("head_name", index)), []).append(index)
        told: set[int] = set()
        for indexes in first.values():
            for place, index in enumerate(indexes[1:], start=1):
                self._refuse_alike(index, indexes[:place], told)

    def _refuse_alike(self, index: int, earlier: list[int], told: set[int]) -> None:
        """Refuse a new household with the same village, group and name as another unless the ID numbers
        differ.
        """
        group = group_key(self.table.get("group", index, ""))
        for other in earlier:
            other_group = group_key(self.table.get("group", other, ""))
            told_apart = self.identities.whole(index) and self.identities.whole(other)
            if not told_apart and (group == other_group or not group or not other_group):
                for one, two in ((index, other), (other, index)):
                    if one in told:
                        continue
                    told.add(one)
                    why = f"和第 {self.table.numbers[two]} 行同村同名"
                    self.table.error(one, "head_name", why, "是两户就都填上身份证号，是一户只留一行")
                return

    # --- stored households ----------------------------------------------------------------------

    def _plan_stored(self) -> None:
        """Plan in chunks: 35,000 stored households and their heads at once would take 100 MB."""
        found = [(index, pk) for index in self.table.sound() if (pk := self.found[index]) is not None]
        for step in chunks(found, STORED_A_STEP):
            self._plan_stored_step(step)

    def _plan_stored_step(self, found: list[tuple[int, int]]) -> None:
        pks = [pk for _, pk in found]
        households = stored_rows(Household, pks)
        open_heads = Member.objects.current().filter(relation=Relation.HEAD)
        head_pks = [row["id"] for row in rows_in(open_heads, "household_id", pks, "id")]
        heads = {head["household_id"]: head for head in stored_rows(Member, head_pks).values()}
        for index, pk in found:
            self.plan.rows[index] = pk
            household, head = households[pk], heads.get(pk)
            self._check_status(index, household)
            if head is not None:
                self._change_head(index, head)
            elif household["status"] == Status.OPEN and self._may_get_head(index):
                self.headless.append(index)
            if not self.table.wrong(index):
                given = values_for_stored(Household, self.table, {name: name for name in HOUSEHOLD}, index)
                self.plan.change(Household, index, household, given)

    def _check_status(self, index: int, household: dict[str, Any]) -> None:
        status = self.table.get("status", index)
        if status and status != household["status"]:
            label = Status(household["status"]).label
            self.table.error(index, "status", f"系统里是“{label}”", "改状态在户的页面上办，这一格空着")
        elif household["status"] != Status.OPEN:
            key = "no" if self.table.get("no", index) else "head_name"
            self.table.warn(index, key, f"这户已{Status(household['status']).label}")

    def _change_head(self, index: int, head: dict[str, Any]) -> None:
        table, identities = self.table, self.identities
        others = [p for p in holders(identities, self.known, index, head["place"]) if p["id"] != head["id"]]
        if refuse_other_holder(table, index, others, head["household_id"], self.plan.by):
            return
        name, number = table.get("head_name", index), identities.whole(index)
        same_person = bool(number and head["id_hash"]) and identities.is_of(index, head)
        if refuse_mask(table, identities, index, head, "head_name"):
            return
        if name and name != head["name"] and not same_person:
            table.error(index, "head_name", f"系统里户主是{head['name']}", "改名、换户主在户的页面上办")
        elif number and head["id_hash"] and not same_person:
            if not name:
                table.error(index, "id_number", "和系统里户主的号码不同", "核对号码，要改就把户主姓名也填上")
            else:
                old = identity.mask(identity.decrypt(head["id_cipher"]))
                table.warn(index, "id_number", f"系统里原来是 {old}，会改成新号码")
        if not table.wrong(index):
            change_person(table, self.plan, identities, index, head, "head_name")

    def _may_get_head(self, index: int) -> bool:
        others = holders(self.identities, self.known, index, self.plan.by.place)
        return not (
            self.table.wrong(index)
            or not self.table.get("head_name", index)
            or refuse_other_holder(self.table, index, others, self.found[index], self.plan.by)
            or not may_be_new(self.table, self.identities, index)
        )

    # --- new households -------------------------------------------------------------------------

    def _may_be_new(self, index: int) -> bool:
        village = self.villages[index]
        if self.table.wrong(index) or village is None:
            return False
        if index in self.without_head:
            self.table.error(index, "head_name", "这是新户，表里没有户主那一行", "加上户主一行，关系写“户主”")
            return False
        if village.ended_on is not None:
            self.table.error(index, "village", f"{village.name}已经撤并", "改成现在的村")
        if self.table.get("status", index, Status.OPEN) != Status.OPEN:
            self.table.error(index, "status", "新户只能是“在册”", "这一格空着")
        others = holders(self.identities, self.known, index, village.code)
        refuse_other_holder(self.table, index, others, None, self.plan.by)
        if index in self.sizes and self.table["size"][index] is NOTHING:
            self.table.values["size"][index] = self.sizes[index]
            self.counted.append(index)
        return may_be_new(self.table, self.identities, index, "head_name", "size")

    def _plan_new(self, fresh: list[int]) -> None:
        villages = [village for village in (self.villages[index] for index in fresh) if village is not None]
        places = [village.code for village in villages]
        if fresh:
            columns = values_for_new(Household, self.table, {name: name for name in HOUSEHOLD}, fresh)
            own: dict[str, list[Any]] = {
                "no": [""] * len(fresh),
                "village_id": [v.pk for v in villages],
                "place": places,
            }
            self.plan.create(Household, fresh, {**own, **columns})
        self.plan.lean(Village, {village.pk: village.version for village in villages})
        self._plan_heads(fresh, places)
        nameless = [i for i in fresh if not self.identities.numbers[i]]
        keys = [
            (self.villages[i], self.table.get("group", i, ""), self.table.get("head_name", i))
            for i in nameless
        ]
        named = [(village.pk, group, name) for village, group, name in keys if village]
        fields = ["household__village_id", "household__group", "name"]
        self.plan.absent(Member, fields, named, relation=Relation.HEAD.value, left_on=None)

    def _plan_heads(self, fresh: list[int], places: list[str]) -> None:
        indexes = [*fresh, *self.headless]
        if not indexes:
            return
        table = self.table
        people = [new_person(table, self.identities, i, table.get("head_name", i)) for i in indexes]
        stored = [self.found[index] for index in self.headless]
        stored_places = stored_rows(Household, [pk for pk in stored if pk])
        columns = {
            **values_for_new(Member, table, {name: name for name in Member.PERSON}, indexes),
            **{name: [person[name] for person in people] for name in FOLLOWING},
            "relation": [Relation.HEAD.value] * len(indexes),
            "household_id": [*[None] * len(fresh), *stored],
            "place": [*places, *[stored_places[pk]["place"] for pk in stored if pk]],
        }
        links = [*range(len(fresh)), *[None] * len(stored)]
        self.plan.create(
            Member, indexes, columns, {"household_id": (Household, links)}, outcome=Outcome.CHANGED
        )

    def _warn_of_tags(self) -> None:
        known = set(Word.objects.texts(Word.Group.HOUSEHOLD_TAG))
        for index, text in enumerate(self.table["tags"]):
            unknown = (
                [word for word in split_words(text) if word not in known] if isinstance(text, str) else []
            )
            if unknown and not self.table.wrong(index):
                self.table.warn(
                    index, "tags", f"“{'、'.join(unknown)}”不在标记用词里", "想按它查找就先在用词里添加"
                )
