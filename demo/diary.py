"""A year of visits: who went where on which day, for what purpose, and how it was entered."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID

from core.word_lists import join_words
from demo import CADRE_PHONE, phrases
from demo.draw import WeightedChoice, stream, uuid4
from demo.homes import Home, Place
from demo.pairings import Link, VillageTenure
from demo.scales import Scale
from demo.season import SampleYear, is_before_festival
from demo.staff import Team, Worker
from demo.topics import ticked
from households.models import Household
from units.days import month_of
from units.presets import ORDINARY
from visits.models import Visit, recorded_late
from visits.visits.rules import row_ref

Kind = Visit.Kind

OUTINGS_A_CADRE = 6.9
"""Average of cadres with households; with the households per outing this gives the number of visits of the
scale.
"""
NEVER_GO = 0.022
SHARES_OF_HOMES = (0.36, 0.31, 0.18)
"""Shares of outings to one, two and three households; the rest go to all."""
VILLAGE_OUTINGS = 6.4
"""Outings per village and year: meetings with the committees, training, inspection, labour."""
ONE_FORM = 0.3
"""Share of outings to several households that are entered on one form; the others take one form per household."""
COMPANY, SECOND_COMPANION = 0.24, 0.2
LATE, NEXT_DAY = 0.08, 0.14
VOID = 0.003
CARDED = 84
"""Percent of a cadre's first forms at a household on which this year's contact card is handed out."""
PROMISES = 0.15
PROMISED_IN = timedelta(days=2)
"""Time from today, for the sample cadre login: its home page then shows a promise that is due."""
FOR_THE_OLDER, FOR_THE_YOUNGER = 0.16, 0.006
OLDER_FROM = 52

KINDS: dict[str, float] = {
    Kind.HOME: 64.0,
    Kind.SURVEY: 13.5,
    Kind.RETURN: 11.0,
    Kind.COMFORT: 3.2,
    Kind.LABOUR: 2.6,
    Kind.STAY: 2.0,
    Kind.PHONE: 1.5,
}
CONDOLENCE, FIELD_HELP = 24.0, 6.0
"""Weights of 慰问 before 春节, and of 劳动 in the months of sowing and harvest."""
BUSY_MONTHS = {3, 4, 7, 10}
VILLAGE_KINDS = WeightedChoice(
    {Kind.COMMITTEES: 44, Kind.TRAINING: 20, Kind.SURVEY: 20, Kind.LABOUR: 11, Kind.COMFORT: 5}
)
STAY_DAYS = WeightedChoice({1: 55, 2: 22, 3: 15, 4: 8})


def _kinds(before_festival: bool, busy: bool) -> WeightedChoice[str]:
    weights = dict(KINDS)
    if before_festival:
        weights[Kind.COMFORT] = CONDOLENCE
    if busy:
        weights[Kind.LABOUR] = FIELD_HELP
    return WeightedChoice(weights)


SEASONAL_KINDS = {
    (festival, busy): _kinds(festival, busy) for festival in (True, False) for busy in (True, False)
}


@dataclass(slots=True)
class DiaryOuting:
    """One cadre's outing on one day; `seed` draws the details, so that later steps do not change other draws."""

    moment: float
    seed: int
    worker: Worker
    unit: int
    homes: list[Home]
    place: Place
    is_last_of_login: bool = False


@dataclass(slots=True)
class Form:
    """What one form states for all its rows."""

    uuid: UUID
    kind: str
    reasons: str
    content: str
    entered_by: int
    recorded_at: datetime
    companions: list[Worker]
    promised_on: date | None = None
    promise: str = ""


@dataclass
class Written:
    """Rows of visits and of their companions."""

    visits: list[dict[str, Any]] = field(default_factory=list)
    companions: list[dict[str, Any]] = field(default_factory=list)


# --- outings ------------------------------------------------------------------------------------


def plan(
    teams: Sequence[Team], tenures: Sequence[VillageTenure], links: Sequence[Link], scale: Scale
) -> list[DiaryOuting]:
    """Return all outings of the year in chronological order."""
    rng = stream(scale.name, "outings")
    outings = [*_to_homes(rng, links), *_to_villages(rng, teams, tenures)]
    outings.sort(key=lambda outing: (outing.moment, outing.seed))
    own = [outing for outing in outings if outing.worker.phone == CADRE_PHONE and outing.homes]
    own[-1].is_last_of_login = True
    return outings


def _to_homes(rng: Random, links: Sequence[Link]) -> Iterator[DiaryOuting]:
    by_worker: dict[Worker, list[Link]] = {}
    for link in links:
        by_worker.setdefault(link.worker, []).append(link)
    for worker, own in by_worker.items():
        zeal = 0.0 if rng.random() < NEVER_GO else rng.gammavariate(6, 1 / 6)
        if worker.is_login:
            zeal = 1.3
        count = round(OUTINGS_A_CADRE * zeal + rng.random() - 0.5)
        visited = dict.fromkeys(range(len(own)), 0)
        for moment in sorted(rng.random() for _ in range(count)):
            open_now = [n for n, link in enumerate(own) if link.since <= moment < link.until]
            if not open_now:
                continue
            chosen = _whom(rng, open_now, visited)
            homes = [own[n].home for n in chosen]
            unit, _ = worker.posting(moment)
            yield DiaryOuting(moment, rng.getrandbits(64), worker, unit, homes, homes[0].place)


def _whom(rng: Random, open_now: list[int], visited: dict[int, int]) -> list[int]:
    """Choose the least visited keys and return them in ascending order."""
    chance, count = rng.random(), len(open_now)
    for number, share in enumerate(SHARES_OF_HOMES, start=1):
        if chance < share:
            count = number
            break
        chance -= share
    rng.shuffle(open_now)
    chosen = sorted(open_now, key=visited.__getitem__)[:count]
    for number in chosen:
        visited[number] += 1
    return sorted(chosen)


def _to_villages(
    rng: Random, teams: Sequence[Team], tenures: Sequence[VillageTenure]
) -> Iterator[DiaryOuting]:
    for tenure in tenures:
        begun, ended = max(tenure.since, 0.0), min(tenure.until, 1.0)
        for _ in range(round(VILLAGE_OUTINGS * (ended - begun) * rng.gammavariate(8, 1 / 8))):
            moment = rng.uniform(begun, ended)
            workers = [w for w in teams[tenure.unit - 1].workers if w.posting(moment)[0] == tenure.unit]
            yield DiaryOuting(moment, rng.getrandbits(64), rng.choice(workers), tenure.unit, [], tenure.place)


# --- texts --------------------------------------------------------------------------------------


class Diary:
    """Turns outings into rows; `now`, in local time, only limits the entry times of the last day."""

    def __init__(self, teams: Sequence[Team], year: SampleYear, now: datetime) -> None:
        self.teams = teams
        self.year = year
        self.now = now
        self.nights: set[tuple[int, date]] = set()
        self.carded: set[tuple[int, int]] = set()
        self.next_visit = self.next_companion = 1

    def write(self, outings: Sequence[DiaryOuting]) -> Written:
        written = Written()
        for outing in outings:
            rng = Random(outing.seed)
            day = self.year.day(outing.moment)
            if outing.homes:
                self._write_homes(rng, outing, day, written)
            else:
                kind = VILLAGE_KINDS.pick(rng)
                content = phrases.tell_of_village(rng, kind)
                form = self._form(rng, outing, day, kind, "", content)
                self._rows(rng, outing, [], [day], form, written)
        return written

    def _write_homes(self, rng: Random, outing: DiaryOuting, day: date, written: Written) -> None:
        season = SEASONAL_KINDS[is_before_festival(day), day.month in BUSY_MONTHS]
        kind = season.pick(rng)
        together = len(outing.homes) > 1 and rng.random() < ONE_FORM
        if kind == Kind.STAY:
            forms = [outing.homes[:1]]
        else:
            forms = [outing.homes] if together else [[home] for home in outing.homes]
        for homes in forms:
            days = self._days(rng, day) if kind == Kind.STAY else [day]
            reason = _reason(rng, homes[0], day, len(homes))
            content = phrases.tell(rng, kind, reason, homes, day.month)
            form = self._form(rng, outing, days[-1], kind, reason, content)
            self._rows(rng, outing, homes, days, form, written)

    def _days(self, rng: Random, first: date) -> list[date]:
        count = STAY_DAYS.pick(rng)
        days = [first + timedelta(days=n) for n in range(count)]
        return [day for day in days if day <= self.year.last]

    def _form(
        self, rng: Random, outing: DiaryOuting, day: date, kind: str, reason: str, content: str
    ) -> Form:
        worker = outing.worker
        helped = FOR_THE_OLDER if worker.age >= OLDER_FROM else FOR_THE_YOUNGER
        entered_by = rng.choice(self._colleagues(outing)).pk if rng.random() < helped else worker.pk
        company: list[Worker] = []
        if kind != Kind.PHONE and rng.random() < COMPANY:
            company = rng.sample(self._colleagues(outing), 2 if rng.random() < SECOND_COMPANION else 1)
        form = Form(uuid4(rng), kind, reason, content, entered_by, self._recorded(rng, day), company)
        if outing.homes and rng.random() < PROMISES:
            form.promised_on = day + timedelta(days=rng.randint(7, 35))
            form.promise = rng.choice(phrases.PROMISES)
        if outing.is_last_of_login:
            form.promised_on, form.promise = self.year.last + PROMISED_IN, phrases.PROMISES[0]
        return form

    def _colleagues(self, outing: DiaryOuting) -> list[Worker]:
        """Return the unit's cadres of that day, without the visitor."""
        return [
            other
            for other in self.teams[outing.unit - 1].workers
            if other is not outing.worker and other.posting(outing.moment)[0] == outing.unit
        ]

    def _recorded(self, rng: Random, day: date) -> datetime:
        """Return when the visit was entered: mostly the same evening or the next morning; 补录 (back-filled) days
        later.
        """
        chance = rng.random()
        if chance < LATE:
            day, hours = day + timedelta(days=rng.randint(2, 12)), (8, 21)
        elif chance < LATE + NEXT_DAY:
            day, hours = day + timedelta(days=1), (7, 11)
        else:
            hours = (12, 22)
        clock = time(rng.randint(*hours), rng.randrange(60), rng.randrange(60))
        return min(datetime.combine(day, clock, self.now.tzinfo), self.now)

    def _rows(
        self,
        rng: Random,
        outing: DiaryOuting,
        homes: Sequence[Home],
        days: Sequence[date],
        form: Form,
        written: Written,
    ) -> None:
        """Return one row per household; the first row of a day carries its night."""
        spent = (len(days) - 1 if len(days) > 1 else 1) if form.kind == Kind.STAY else 0
        alone = len(days) * max(len(homes), 1) == 1
        for number, day in enumerate(days):
            for position, home in enumerate(homes or [None]):
                ref = form.uuid if alone else row_ref(form.uuid, Household(pk=home.pk) if home else None, day)
                night = position == 0 and number < spent and self._spend_night(outing.worker, day)
                written.visits.append(self._row(rng, outing, home, day, int(night), ref, form))
                written.companions += self._companion_rows(outing, form)
                self.next_visit += 1

    def _spend_night(self, worker: Worker, day: date) -> bool:
        """Return whether the night counts: once per cadre and date."""
        free = (worker.pk, day) not in self.nights
        self.nights.add((worker.pk, day))
        return free

    def _give_card(self, worker: Worker, home: Home | None, form: Form) -> bool:
        """Return whether the contact card is handed out: at the first visit.

        Who forgets it follows from the ref, so that no draw is needed.
        """
        if home is None or form.kind == Kind.PHONE or (worker.pk, home.pk) in self.carded:
            return False
        self.carded.add((worker.pk, home.pk))
        return form.uuid.int % 100 < CARDED

    def _row(
        self,
        rng: Random,
        outing: DiaryOuting,
        home: Home | None,
        day: date,
        nights: int,
        ref: UUID,
        form: Form,
    ) -> dict[str, Any]:
        place = home.place if home else outing.place
        return {
            "id": self.next_visit,
            "ref": ref,
            "cadre_id": outing.worker.pk,
            "unit_id": outing.unit,
            "rank": outing.worker.posting(outing.moment)[1],
            "village_id": place.pk,
            "household_id": home.pk if home else None,
            "visited_on": day,
            "month": month_of(day),
            "nights": nights,
            "kind": form.kind,
            "reasons": form.reasons,
            "content": form.content,
            "topics": ticked(form.uuid, form.content),
            "card_given": self._give_card(outing.worker, home, form),
            "promised_on": form.promised_on,
            "promise": form.promise,
            "outing": form.uuid,
            "entered_by_id": form.entered_by,
            "recorded_at": form.recorded_at,
            "is_late": recorded_late(day, form.recorded_at),
            "place": place.code,
            **self._void(rng, form),
        }

    def _void(self, rng: Random, form: Form) -> dict[str, Any]:
        if rng.random() >= VOID:
            return {}
        day = form.recorded_at.date() + timedelta(days=rng.randint(0, 5))
        return {
            "voided_on": min(day, self.year.last),
            "voided_by_id": form.entered_by,
            "void_reason": rng.choice(phrases.VOID_REASONS),
        }

    def _companion_rows(self, outing: DiaryOuting, form: Form) -> Iterator[dict[str, Any]]:
        for worker in form.companions:
            unit, rank = worker.posting(outing.moment)
            yield {
                "id": self.next_companion,
                "visit_id": self.next_visit,
                "cadre_id": worker.pk,
                "unit_id": unit,
                "rank": rank,
            }
            self.next_companion += 1


def _reason(rng: Random, home: Home, day: date, homes: int) -> str:
    """Return a 必到 reason for one household, or an ordinary reason, or none."""
    chance = rng.random()
    if homes == 1:
        shares = {
            "有病": 0.16 if home.is_ill else 0.012,
            "受灾": 0.022 if day.month in {5, 6, 7, 8} else 0.003,
            "红白事": 0.014,
            "有纠纷": 0.011,
            "突发事": 0.005,
        }
        for reason, share in shares.items():
            if chance < share:
                return join_words([reason])
            chance -= share
    return ORDINARY if chance < 0.78 else ""
