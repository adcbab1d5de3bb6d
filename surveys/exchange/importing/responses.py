"""The check of a sheet of filled forms: look up all rows with set queries, check them, plan the changes."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date

from django.utils import timezone

from core.chunked_queries import chunks, records_in, rows_in, stored_rows
from core.importing.planning import Plan
from core.importing.table import Table
from households.models import Household
from surveys.definition.language import walk
from surveys.definition.lineage import earlier_answers
from surveys.exchange.devices import RepeatedMembers
from surveys.exchange.importing.corrections import Corrections
from surveys.exchange.importing.row_check import Judging, Stored
from surveys.exchange.importing.rows import ResponseRow, Rows, counts_members
from surveys.filling.checking import Examined, Known
from surveys.filling.facts import kept_header, known_of_households, known_of_villages
from surveys.models import Response, Survey
from units.models import Cadre
from units.unit_history import Postings
from villages.models import Village

State = Response.Status
ROWS_A_STEP = 5000
"""Chunk size: rows whose household facts are in memory at a time."""


class ResponsePlanning:
    """Plan responses; a row is identified by version, household or village, and year."""

    def __init__(self, survey: Survey, table: Table, plan: Plan) -> None:
        self.survey, self.form, self.table, self.plan = survey, survey.form, table, plan
        rows = Rows(survey, table, plan)
        self.rows = rows.filled()
        self.members = self._members(rows.whose)
        self.judging = Judging(self.form, table, rows.whose)
        self.link = "household_id" if survey.is_of_households else "village_id"
        self.subjects = {row.subject.pk: row.subject for row in self.rows}
        self.found = self._find()
        self.before = earlier_answers(survey, self.subjects, self._looked_back_at())
        self.postings = self._post()
        self.corrections = Corrections(self.form, plan)
        self.new: list[tuple[int, Stored]] = []
        self.now = f"{timezone.now().astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}"
        """A time in the text form that both databases accept."""

    def run(self) -> None:
        for step in chunks(self.rows, ROWS_A_STEP):
            self._run_step(step)
        if self.new:
            names = self.new[0][1]
            columns = {name: [columns[name] for _, columns in self.new] for name in names}
            self.plan.create(Response, [index for index, _ in self.new], columns)
        self.members.merge()
        self.corrections.plan_all(replaced=[pk for row in self.rows if (pk := self._stored_of(row))])

    def _members(self, whose: str) -> RepeatedMembers:
        """Plan the members that a device recorded; other files have none."""
        rows = self.rows if "members" in self.table.columns else []
        given = [(row.index, row.subject, self.table.get("members", row.index, [])) for row in rows]
        return RepeatedMembers(self.table, self.plan, whose, given)

    def _size(self, row: ResponseRow) -> int | None:
        """Return the number of people of a row that came with its members."""
        return self.table.get("size", row.index) if counts_members(self.table, row.index) else None

    def _sized(self, size: int) -> dict[str, int]:
        return {item.code: size for item in self.form.header if item.bind == "household.size"}

    # --- looked up in sets ----------------------------------------------------------------------

    def _find(self) -> dict[tuple[int, int], int]:
        """Return the stored response by (household or village, year)."""
        own = Response.objects.filter(survey=self.survey.pk)
        if not self.survey.is_of_households:
            own = own.filter(household=None)
        rows = rows_in(own, self.link, self.subjects, self.link, "year", "id")
        return {(row[self.link], row["year"]): row["id"] for row in rows}

    def _stored_of(self, row: ResponseRow) -> int:
        return self.found.get((row.subject.pk, row.day.year), 0)

    def _looked_back_at(self) -> set[str]:
        """Return the answers of last time that a rule uses."""
        parts = (part for rule in self.form.rules for part in walk(rule.expression.tree))
        return {part[1] for part in parts if part[0] == "previous"}

    def _post(self) -> dict[tuple[int, date], tuple[int, str]]:
        """Return (unit, rank) of each surveyor on each day."""
        pairs = {(row.cadre["id"], row.day) for row in self.rows if row.cadre}
        if not pairs:
            return {}
        people = {cadre.pk: cadre for cadre in records_in(Cadre.objects.all(), "pk", {pk for pk, _ in pairs})}
        postings = Postings(list(people.values()), min(day for _, day in pairs))
        return {(pk, day): postings.on(people[pk], day) for pk, day in pairs}

    def _known(self, step: Sequence[ResponseRow]) -> dict[tuple[int, date], Known]:
        """Return the known facts by subject and day: a workbook may have several years of one household."""
        if self.survey.is_of_households:
            return known_of_households(self.form, {(row.subject, row.day) for row in step}, {})
        known = known_of_villages(Village.objects.filter(pk__in=[row.subject.pk for row in step]), {})
        return {(row.subject.pk, row.day): known[row.subject.pk] for row in step}

    # --- one row after the other ----------------------------------------------------------------

    def _run_step(self, step: Sequence[ResponseRow]) -> None:
        known = self._known(step)
        stored = stored_rows(Response, [pk for row in step if (pk := self._stored_of(row))])
        for row in step:
            facts = known[row.subject.pk, row.day]
            earlier = [answers for day, answers in self.before.get(row.subject.pk, ()) if day < row.day]
            if earlier:
                facts = replace(facts, previous=earlier[-1])
            facts = self.members.known(self.form, row.subject.pk, facts, row.day)
            if size := self._size(row):
                facts = replace(facts, header={**facts.header, **self._sized(size)})
            self._run_row(row, facts, stored.get(self._stored_of(row)))

    def _run_row(self, row: ResponseRow, known: Known, stored: Stored | None) -> None:
        examined, confirmed = self.judging.judge(row.index, known, stored)
        if stored is None and row.cadre is None and not self.table.wrong(row.index):
            self.table.error(row.index, "surveyor", "没有写调查人", "填手机号、工号或姓名")
        if self.table.wrong(row.index):
            return
        if stored is None:
            self._create(row, known, examined, confirmed)
        else:
            self._change(row, known, examined, confirmed, stored)

    def _lean(self, row: ResponseRow) -> None:
        """Make the plan stale if household, surveyor or form change."""
        model = Household if self.survey.is_of_households else Village
        self.plan.lean(model, {row.subject.pk: row.subject.version})
        self.plan.lean(Survey, {self.survey.pk: self.survey.version})
        if row.cadre:
            self.plan.lean(Cadre, {row.cadre["id"]: row.cadre["version"]})

    # --- what to write --------------------------------------------------------------------------

    def _said(
        self, row: ResponseRow, known: Known, examined: Examined, confirmed: dict[str, str], *, signed: bool
    ) -> Stored:
        """Return the columns given by a row."""
        given = self.table.get("signed", row.index, signed) if "signed" in self.table.columns else signed
        return {
            "surveyed_on": row.day,
            "answers": {**kept_header(self.form, known), **examined.answers},
            "confirmed": confirmed,
            "signed": given,
        }

    def _handed_in(self, row: ResponseRow, known: Known) -> Stored:
        """Return the columns that change with every submission."""
        posted = self.postings[row.cadre["id"], row.day] if row.cadre else None
        return {
            **({"unit_id": posted[0], "rank": posted[1]} if posted else {}),
            "members": list(known.members),
            "status": State.SUBMITTED.value,
            "submitted_at": self.now,
            "reviewed_by_id": None,
            "reviewed_on": None,
            "review_note": "",
        }

    def _create(self, row: ResponseRow, known: Known, examined: Examined, confirmed: dict[str, str]) -> None:
        assert row.cadre
        subject, of_household = row.subject, self.survey.is_of_households
        columns = {
            "survey_id": self.survey.pk,
            "household_id": subject.pk if of_household else None,
            "village_id": subject.village_id if of_household else subject.pk,
            "year": row.day.year,
            "surveyor_id": row.cadre["id"],
            "entered_by_id": self.plan.by.pk,
            "place": subject.place,
            **self._said(row, known, examined, confirmed, signed=False),
            **self._handed_in(row, known),
        }
        self.new.append((row.index, columns))
        self._lean(row)
        self.corrections.add(row, examined.answers, self._size(row))

    def _change(
        self, row: ResponseRow, known: Known, examined: Examined, confirmed: dict[str, str], stored: Stored
    ) -> None:
        """Plan that a draft, returned or waiting response takes the row's values and is submitted."""
        self.plan.rows[row.index] = stored["id"]
        after = self._said(row, known, examined, confirmed, signed=stored["signed"])
        after["surveyor_id"] = row.cadre["id"] if row.cadre else stored["surveyor_id"]
        differing = [name for name, value in after.items() if stored[name] != value]
        if differing and stored["status"] == State.ACCEPTED:
            column = self._differing(stored, after, differing)
            self.table.error(row.index, column, "这份已复核，不能再改", "要改先请单位负责人退回")
        elif differing or stored["status"] == State.DRAFT:
            self.plan.change(Response, row.index, stored, {**after, **self._handed_in(row, known)})
            self._lean(row)
            self.corrections.add(row, examined.answers, self._size(row))
        elif stored["status"] == State.RETURNED:
            why = f"这份退回了，还没有改：{stored['review_note']}"
            self.table.warn(row.index, self.judging.whose, why)

    def _differing(self, stored: Stored, after: Stored, differing: Sequence[str]) -> str:
        """Return the first column in which a row differs from the stored response."""
        if "answers" in differing:
            was, now = stored["answers"], after["answers"]
            return self.judging.cell(*(code for code in self.judging.codes if was.get(code) != now.get(code)))
        return {"surveyor_id": "surveyor", "confirmed": "word"}.get(differing[0], differing[0])
