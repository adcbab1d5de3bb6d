"""帮扶实事 (help) to one or many households of a village, each with its share; loans and training."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any, NamedTuple

from demo.draw import uuid4
from demo.field import gifts
from demo.field.gifts import Gift, thanks
from demo.field.known import KnownFieldwork, Trip
from demo.field.problems import Settled
from demo.homes import Home, Place
from demo.season import spring_festival
from units.days import month_of
from villages.models import FundSource
from visits.choices import AssistanceKind

COMFORTED, SOWN = 0.85, 0.9
"""Shares of villages that receive gifts before 春节 and before sowing."""
FESTIVAL_DAYS, SOWING_DAYS = (-24, -4), (20, 58)
"""Days relative to the first day of the lunar year."""
LENT, BORROWERS = 0.35, 0.09
"""Share of villages and years in which loans are paid out, and of borrowing households there."""
LOAN_DAYS = (60, 200)
FEWEST = 3
"""Smallest number of households that receive a joint gift."""
BROUGHT = 0.8
"""Share of gifts mentioned in the diary that are also recorded as help."""
BY_LEADER = 0.35
Amounts = dict[str, Any]


class Giver(NamedTuple):
    """The cadre who gives, with unit and rank of that day."""

    cadre: int
    unit: int
    rank: str


class HelpItem(NamedTuple):
    """One item of help; `shares` sum to its amounts; without shares it belongs to the whole village."""

    giver: Giver
    day: date
    gift: Gift
    shares: list[tuple[Home, Gift]]
    people: int = 0
    problem: int | None = None
    visit: Trip | None = None
    project: int | None = None


class Help:
    """Draws the help of one village after another."""

    def __init__(self, known: KnownFieldwork) -> None:
        self.known = known
        self.next_item = self.next_share = 1

    def of(
        self, rng: Random, place: Place, settled: Sequence[Settled]
    ) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """Return (items, shares) of a village; `settled` holds its problems that were solved with help."""
        drawn = [*self._for_problems(settled), *self._on_visits(rng, place), *self._taught(rng, place)]
        for year in range(self.known.since.year, self.known.year.last.year + 1):
            drawn += self._of_year(rng, place, spring_festival(year))
        return self.rows(rng, place, drawn)

    def rows(
        self, rng: Random, place: Place, drawn: Sequence[HelpItem]
    ) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """Return (items, shares) ordered by day."""
        rows: list[dict[str, Any]] = []
        shares: list[dict[str, Any]] = []
        for item in sorted(drawn, key=lambda item: item.day):
            row = self._row(rng, place, item)
            rows.append(row)
            shares += self._share_rows(row["id"], item)
        return rows, shares

    # --- occasions --------------------------------------------------------------------------------

    def _for_problems(self, settled: Sequence[Settled]) -> Iterator[HelpItem]:
        for one in settled:
            if link := self.known.helper(one.home, one.day):
                giver = Giver(link.worker.pk, link.unit, link.rank)
                yield HelpItem(giver, one.day, one.gift, [(one.home, one.gift)], problem=one.problem)

    def _on_visits(self, rng: Random, place: Place) -> Iterator[HelpItem]:
        """Yield what the diary states was brought: one form for several households is one item."""
        brought: dict[tuple[Any, Gift], list[tuple[Home, Trip]]] = defaultdict(list)
        for home in place.homes:
            for trip in self.known.visits_to(home):
                for text, gift in gifts.BROUGHT.items():
                    if text in trip.content:
                        brought[trip.outing, gift].append((home, trip))
        for (_, gift), found in brought.items():
            trip = found[0][1]
            if rng.random() < BROUGHT:
                homes = {home: gift for home, other in found if other.day == trip.day}
                giver = Giver(trip.worker, trip.unit, trip.rank)
                yield HelpItem(giver, trip.day, gift, list(homes.items()), visit=trip)

    def _taught(self, rng: Random, place: Place) -> Iterator[HelpItem]:
        for trip in self.known.trips.get((place.pk, None), ()):
            for text, lesson in gifts.LESSONS.items():
                if text in trip.content:
                    giver, people = Giver(trip.worker, trip.unit, trip.rank), rng.randint(*lesson[1:])
                    gift = Gift(AssistanceKind.TRAINING, lesson.content, FundSource.UNIT)
                    yield HelpItem(giver, trip.day, gift, [], people, visit=trip)

    def _of_year(self, rng: Random, place: Place, festival: date) -> Iterator[HelpItem]:
        """Yield what a unit gives to many households at once, and the loans of the year."""
        for share, days, choice in (
            (COMFORTED, FESTIVAL_DAYS, gifts.COMFORTS),
            (SOWN, SOWING_DAYS, gifts.FOR_SPRING),
        ):
            gift, part, day = rng.choice(choice), rng.uniform(0.25, 0.95), self._day(rng, festival, days)
            if rng.random() < share and day:
                homes = [home for home in self._homes(place, day) if rng.random() < part]
                if len(homes) >= FEWEST:
                    yield HelpItem(self._giver(rng, place, day), day, gift, [(home, gift) for home in homes])
        day = self._day(rng, festival, LOAN_DAYS)
        if rng.random() < LENT and day:
            loans = [
                (home, gifts.LOAN._replace(loan=rng.choice(gifts.LOANS)))
                for home in self._homes(place, day)
                if rng.random() < BORROWERS
            ]
            if loans:
                yield HelpItem(self._giver(rng, place, day), day, gifts.LOAN, loans)

    def _day(self, rng: Random, festival: date, days: tuple[int, int]) -> date | None:
        """Return a working day this many days from the Spring Festival, within the time of the fieldwork."""
        day = festival + timedelta(days=rng.randint(*days))
        if not self.known.since <= day <= self.known.year.last:
            return None
        return self.known.working_day(day)

    def _homes(self, place: Place, day: date) -> list[Home]:
        """Return the households paired with the village's unit on a day."""
        unit = self.known.unit_of(place, day)
        links = ((home, self.known.helper(home, day)) for home in place.homes if home.identified_on <= day)
        return [home for home, link in links if link and link.unit == unit]

    def _giver(self, rng: Random, place: Place, day: date) -> Giver:
        unit = self.known.unit_of(place, day)
        chief = self.known.chief(unit, day)
        worker = chief if chief and rng.random() < BY_LEADER else rng.choice(self.known.staff(unit, day))
        return Giver(worker.pk, *self.known.posting(worker, day))

    # --- rows -------------------------------------------------------------------------------------

    def _row(self, rng: Random, place: Place, item: HelpItem) -> dict[str, Any]:
        pk, self.next_item = self.next_item, self.next_item + 1
        gift, giver, visit = item.gift, item.giver, item.visit
        typed = self.known.at(rng, item.day + timedelta(days=rng.choice((0, 0, 0, 1, 1, 2))), (17, 21))
        return {
            "id": pk,
            "ref": uuid4(rng),
            "kind": gift.kind,
            "given_on": item.day,
            "month": month_of(item.day),
            "content": gift.content,
            "goods": gift.goods,
            "goods_unit": gift.goods_unit,
            "source": gift.source,
            "village_id": place.pk,
            "cadre_id": giver.cadre,
            "unit_id": giver.unit,
            "rank": giver.rank,
            "problem_id": item.problem,
            "visit_id": visit.pk if visit else None,
            "project_id": item.project,
            "result": thanks(rng, gift.kind),
            "entered_by_id": visit.entered_by if visit else giver.cadre,
            "recorded_at": visit.recorded_at if visit else typed,
            "place": place.code,
            **_together([own for _, own in item.shares]),
            "people": item.people,
        }

    def _share_rows(self, item: int, drawn: HelpItem) -> Iterator[dict[str, Any]]:
        for home, gift in drawn.shares:
            yield {"id": self.next_share, "assistance_id": item, "household_id": home.pk, **_amounts(gift)}
            self.next_share += 1


def _amounts(gift: Gift) -> Amounts:
    return {
        "cash": Decimal(gift.cash),
        "quantity": Decimal(gift.quantity),
        "goods_value": round(Decimal(str(gift.price)) * gift.quantity, 2),
        "loan": Decimal(gift.loan),
    }


def _together(parts: Sequence[Gift]) -> Amounts:
    """Return the sum of some shares."""
    amounts = [_amounts(gift) for gift in parts]
    return {name: sum((each[name] for each in amounts), Decimal(0)) for name in _amounts(gifts.LOAN)}
