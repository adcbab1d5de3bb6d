"""The responses of both rounds: the answers, who filled them in, and their state."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from random import Random
from typing import Any, NamedTuple

from demo import CADRE_PHONE, OFFICE_PHONE
from demo.answers import Answers, household, village
from demo.answers.fortunes import Members
from demo.answers.grounds import draw_ground
from demo.answers.remarks import RETURNED, VILLAGE_RETURNED
from demo.askers import Askers, Interview
from demo.draw import WeightedChoice, stream, uuid4
from demo.homes import Home, Place
from demo.scales import Scale
from demo.staff import Team
from surveys.models import COUNTED, Response
from units.models import Unit
from units.roles import Role

Status = Response.Status
HOUSEHOLD_FORM, VILLAGE_FORM = 1, 2
"""Keys of the two forms."""
STEPS = {HOUSEHOLD_FORM: ("H09", "A", "B", "C", "D"), VILLAGE_FORM: ("VH", "V1", "V2", "V3", "V4", "V5")}
"""Prefixes of the item codes in each step."""

CALCULATED = {"B16"}

FIRST_FATES: WeightedChoice[Status | None] = WeightedChoice(
    {Status.ACCEPTED: 97.6, Status.SUBMITTED: 0.5, Status.DRAFT: 0.4, Status.RETURNED: 0.4, None: 1.1}
)
SECOND_FATES: WeightedChoice[Status | None] = WeightedChoice(
    {Status.ACCEPTED: 94.7, Status.SUBMITTED: 2.2, Status.DRAFT: 1.4, Status.RETURNED: 1.7}
)
VILLAGE_FATES = (
    WeightedChoice({Status.ACCEPTED: 98, Status.SUBMITTED: 2}),
    WeightedChoice({Status.ACCEPTED: 92, Status.SUBMITTED: 4, Status.DRAFT: 2.2, Status.RETURNED: 1.8}),
)
"""Final states of village forms (None: not surveyed yet). An acceptance later than today is still pending."""
LAGGING = WeightedChoice({0.01: 78, 0.05: 15, 0.2: 7})
"""The share of its households that a unit has not surveyed yet in the second round."""
OF_THE_LOGIN = (Status.ACCEPTED, Status.SUBMITTED, Status.RETURNED, Status.DRAFT, None)
"""States in the second round for the sample cadre login: one example of each."""
SIGNED = 0.72
LEVELS = {Unit.Level.PROVINCE: "2", Unit.Level.CITY: "3", Unit.Level.COUNTY: "4", Unit.Level.TOWN: "5"}
"""Options of VH7."""


class Whole(NamedTuple):
    """All answers of a completed form; that of a village has no members."""

    form: int
    place: Place
    home: Home | None
    answers: Answers
    members: Members
    confirmed: Mapping[str, str]


class ResponseDrawing:
    """Draws the responses of one village after another."""

    def __init__(self, scale: Scale, teams: Sequence[Team], askers: Askers) -> None:
        self.scale, self.teams, self.askers = scale, teams, askers
        self.workers = {worker.pk: worker for team in teams for worker in team.workers}
        self.leaders = {w.unit: w.pk for w in self.workers.values() if w.role == Role.LEADER}
        self.office = next(w.pk for w in self.workers.values() if w.phone == OFFICE_PHONE)
        rng = stream(scale.name, "surveys")
        self.lagging = {team.pk: LAGGING.pick(rng) for team in teams}
        self.of_the_login = iter(OF_THE_LOGIN)
        self.next_response = 1

    def of(self, place: Place) -> list[dict[str, Any]]:
        """Return the rows of a village's households and of the village, both rounds."""
        rng, asking = (stream(self.scale.name, name, place.code) for name in ("answers", "askers"))
        ground = draw_ground(rng, place)
        rows: list[dict[str, Any]] = []
        sheets, rounds = [], self.askers.rounds
        for home in place.homes:
            telling = Random(rng.getrandbits(64))
            then, now = self.askers.of_home(asking, 0, home), self.askers.of_home(asking, 1, home)
            days = (then.day if then else rounds[0].last, now.day if now else rounds[1].last)
            both = household.answer(telling, home, ground, days)
            sheets.append(both)
            rows += self._of_home(asking, home, (then, now), both)
        rows += self._of_village(asking, place, village.answer(rng, place, ground, sheets))
        return rows

    def _of_home(
        self,
        rng: Random,
        home: Home,
        asked: tuple[Interview | None, Interview | None],
        sheets: tuple[household.HouseholdAnswers, household.HouseholdAnswers],
    ) -> Iterator[dict[str, Any]]:
        """Yield the responses of a household; the second has a comparison only if the first one counts."""
        counted = False
        for number, (by, sheet) in enumerate(zip(asked, sheets, strict=True)):
            fate = self._fate(rng, number, by) if by else None
            if not by or fate is None:
                continue
            confirmed = {
                rule: word
                for rule, word in sheet.confirmed.items()
                if counted or rule != household.INCOME_RULE
            }
            counted = fate in COUNTED
            whole = Whole(HOUSEHOLD_FORM, home.place, home, sheet.answers, sheet.members, confirmed)
            yield self._row(rng, whole, by, fate)

    def _fate(self, rng: Random, number: int, asked: Interview) -> Status | None:
        worker = self.workers[asked.worker]
        if number == 0:
            return Status.ACCEPTED if worker.phone == CADRE_PHONE else FIRST_FATES.pick(rng)
        if worker.phone == CADRE_PHONE:
            return next(self.of_the_login, Status.ACCEPTED)
        return None if rng.random() < self.lagging[asked.unit] else SECOND_FATES.pick(rng)

    def _of_village(
        self, rng: Random, place: Place, sheets: tuple[village.VillageAnswers, village.VillageAnswers]
    ) -> Iterator[dict[str, Any]]:
        for number, sheet in enumerate(sheets):
            asked = self.askers.of_village(rng, number, place)
            level = LEVELS[self.teams[asked.unit - 1].office.level]
            answers = sheet.answers | {"VH7": level, "VH8": self.workers[asked.worker].name}
            whole = Whole(VILLAGE_FORM, place, None, dict(sorted(answers.items())), [], sheet.confirmed)
            yield self._row(rng, whole, asked, VILLAGE_FATES[number].pick(rng))

    def _row(self, rng: Random, whole: Whole, asked: Interview, fate: Status) -> dict[str, Any]:
        pk, self.next_response = self.next_response, self.next_response + 1
        return {
            "id": pk,
            "ref": uuid4(rng),
            "survey_id": whole.form,
            "household_id": whole.home.pk if whole.home else None,
            "village_id": whole.place.pk,
            "year": asked.day.year,
            "surveyed_on": asked.day,
            "surveyor_id": asked.worker,
            "unit_id": asked.unit,
            "rank": asked.rank,
            "entered_by_id": asked.entered_by,
            "recorded_at": asked.recorded_at,
            "place": whole.place.code,
            **(_begun(rng, whole) if fate == Status.DRAFT else self._handed_in(rng, whole, asked, fate)),
        }

    def _handed_in(self, rng: Random, whole: Whole, asked: Interview, fate: Status) -> dict[str, Any]:
        submitted_at = min(asked.recorded_at + timedelta(minutes=rng.randint(3, 40)), self.askers.now)
        columns = {
            "answers": whole.answers,
            "members": whole.members,
            "confirmed": whole.confirmed,
            "signed": rng.random() < SIGNED,
            "submitted_at": submitted_at,
        }
        last = self.askers.year.last
        reviewed_on = submitted_at.date() + timedelta(days=rng.randint(1, 24))
        if fate == Status.SUBMITTED or (fate == Status.ACCEPTED and reviewed_on > last):
            return {**columns, "status": Status.SUBMITTED}
        reasons = RETURNED if whole.home else VILLAGE_RETURNED
        return {
            **columns,
            "status": fate,
            "reviewed_by_id": self._reviewer(asked),
            "reviewed_on": min(reviewed_on, last),
            "review_note": rng.choice(reasons) if fate == Status.RETURNED else "",
        }

    def _reviewer(self, asked: Interview) -> int:
        """Return the leader of the unit; the office reviews what a leader filled in."""
        leader = self.leaders.get(asked.unit, self.office)
        return self.office if leader in {asked.worker, asked.entered_by} else leader


def _begun(rng: Random, whole: Whole) -> dict[str, Any]:
    """Return a draft in which the first steps are filled in."""
    steps = STEPS[whole.form]
    done = rng.randint(2, len(steps) - 1)
    filled = {code: answer for code, answer in whole.answers.items() if code.startswith(steps[:done])}
    answers = {code: answer for code, answer in filled.items() if code not in CALCULATED}
    return {"status": Status.DRAFT, "answers": answers, "step": str(done + 1)}
