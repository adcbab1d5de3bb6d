"""Which unit has which village, which cadre has which household, and who had it earlier this year."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from demo import CADRE_PHONE
from demo.draw import apportion, stream
from demo.homes import Home, Place
from demo.scales import Scale
from demo.season import SampleYear
from demo.staff import Team, Worker
from households.choices import PairingKind
from units.models import Unit
from units.presets import CEILINGS, VILLAGES_A_UNIT
from units.roles import Rank, Role

BEFORE, STILL = -1.0, 2.0
"""Moments outside the year: before it began, and not ended yet."""
LOADS = {Rank.COUNTY: 6.0, Rank.SECTION: 4.4, Rank.GENERAL: 2.7}
WITHOUT = {Rank.COUNTY: 0.04, Rank.SECTION: 0.05, Rank.GENERAL: 0.09}
OVER_CEILING = 0.012
HAND_OVER_REASONS = ("工作岗位调整", "另有驻村任务，由同事接着联系", "本人身体原因", "单位重新分工")
TRANSFER_REASON = "干部调动"
VILLAGE_REASON = "县上调整联村单位"


@dataclass(slots=True, eq=False)
class VillageTenure:
    """A unit paired with a village between two moments of the year."""

    unit: int
    place: Place
    since: float = BEFORE
    until: float = STILL


@dataclass(slots=True, eq=False)
class Link:
    """A cadre paired with a household between two moments of the year; unit and rank are of the first day."""

    worker: Worker
    home: Home
    unit: int
    rank: Rank
    kind: PairingKind = PairingKind.HELP
    since: float = BEFORE
    until: float = STILL
    reason: str = ""


def lasts(span: VillageTenure | Link, day: date, year: SampleYear) -> bool:
    """Return whether a pairing was open on a day."""
    begun = span.since == BEFORE or year.day(span.since) <= day
    return begun and (span.until == STILL or day < year.day(span.until))


# --- villages -----------------------------------------------------------------------------------


def pair_villages(teams: Sequence[Team], places: Sequence[Place], scale: Scale) -> list[VillageTenure]:
    """Return the tenures: every village has a unit, every unit one or two villages, and a town's unit its largest
    ones.
    """
    rng = stream(scale.name, "village pairings")
    by_town: dict[str, list[Place]] = {}
    for place in places:
        by_town.setdefault(place.settlement.town, []).append(place)
    tenures: list[VillageTenure] = []
    rest: list[Team] = []
    for team in sorted(teams, key=_appetite, reverse=True):
        if team.office.level == Unit.Level.TOWN:
            own = _take(rng, by_town[team.office.place])
            tenures += [VillageTenure(team.pk, place) for place in own]
        else:
            rest.append(team)
    sets = sorted(_sets(by_town), key=lambda found: -sum(place.households for place in found))
    for team, found in zip(rest, sets, strict=True):
        tenures += [VillageTenure(team.pk, place) for place in found]
    _change_units(rng, tenures, scale.village_changes)
    return tenures


def _appetite(team: Team) -> float:
    """Return how many households the unit's cadres can take."""
    return sum(LOADS[worker.rank] for worker in team.workers)


def _take(rng: Random, places: list[Place]) -> list[Place]:
    """Return two of the six largest villages of a town."""
    largest = sorted(places, key=lambda place: -place.households)[:6]
    own = rng.sample(largest, VILLAGES_A_UNIT)
    for place in own:
        places.remove(place)
    return own


def _sets(by_town: dict[str, list[Place]]) -> list[list[Place]]:
    """Return the remaining villages in pairs of one town and similar size; odd ones pair across towns, one stays
    alone.
    """
    sets: list[list[Place]] = []
    odd: list[Place] = []
    for places in by_town.values():
        ordered = sorted(places, key=lambda place: place.households)
        if len(ordered) % 2:
            odd.append(ordered.pop(0))
        sets += [ordered[i : i + 2] for i in range(0, len(ordered), 2)]
    odd.sort(key=lambda place: place.households)
    if len(odd) % 2:
        sets.append([odd.pop(0)])
    return sets + [odd[i : i + 2] for i in range(0, len(odd), 2)]


def _change_units(rng: Random, tenures: list[VillageTenure], count: int) -> None:
    """Let another unit have some villages until some moment of the year."""
    movable = [tenure for tenure in tenures if tenure.place.households >= 8]
    for tenure in rng.sample(movable, count):
        others = [other for other in tenures if other.unit != tenure.unit and other.since == BEFORE]
        tenure.since = rng.uniform(0.2, 0.7)
        tenures.append(VillageTenure(rng.choice(others).unit, tenure.place, until=tenure.since))


# --- households ---------------------------------------------------------------------------------


def pair_households(teams: Sequence[Team], tenures: Sequence[VillageTenure], scale: Scale) -> list[Link]:
    """Return the links: every household except the unpaired ones has a cadre, nearly always of its village's unit."""
    rng = stream(scale.name, "household pairings")
    left_out = _unpaired(rng, tenures, scale)
    links: list[Link] = []
    overflow: list[Home] = []
    for team in teams:
        homes = _homes_of(team, tenures, left_out)
        loads = _loads(rng, team.workers, len(homes))
        links += _deal(rng, team.workers, loads, homes)
        overflow += homes[sum(loads) :]
    links += _take_in(teams, links, overflow)
    _follow_villages(rng, teams, tenures, links)
    _transfer(rng, teams, links, scale.transfers)
    _hand_over(rng, teams, links, scale.hand_overs)
    links += _contacts(rng, teams, tenures, links, left_out)
    return links


def _unpaired(rng: Random, tenures: Sequence[VillageTenure], scale: Scale) -> set[Home]:
    """Return the 未结对户 (unpaired households): most in one village whose unit is late, the others scattered."""
    places = [tenure.place for tenure in tenures if tenure.until == STILL and tenure.since == BEFORE]
    late = rng.choice([place for place in places if len(place.homes) >= scale.unpaired_together * 1.4])
    elsewhere = rng.sample([place for place in places if place is not late], scale.unpaired)
    single = [rng.choice(place.homes) for place in elsewhere[: scale.unpaired - scale.unpaired_together]]
    return {*late.homes[-scale.unpaired_together :], *single}


def _homes_of(team: Team, tenures: Sequence[VillageTenure], left_out: set[Home]) -> list[Home]:
    """Return the households in the unit's current villages."""
    return [
        home
        for tenure in tenures
        if tenure.unit == team.pk and tenure.until == STILL
        for home in tenure.place.homes
        if home not in left_out
    ]


def _loads(rng: Random, workers: Sequence[Worker], households: int) -> list[int]:
    """Return how many households each cadre has: at most the limit, a few above it, some none."""
    weights, most = [], []
    for worker in workers:
        idle = rng.random() < WITHOUT[worker.rank]
        weights.append(0.0 if idle else LOADS[worker.rank] * rng.gammavariate(4, 0.25))
        most.append(CEILINGS[worker.rank])
        over = rng.random() < OVER_CEILING
        if over and not idle:
            weights[-1], most[-1] = LOADS[worker.rank] * 4, CEILINGS[worker.rank] + rng.randint(1, 2)
        if worker.role == Role.VIEWER:
            weights[-1] = 0.0
        if worker.phone == CADRE_PHONE:  # as many as allowed, so that the demo login has data
            weights[-1], most[-1] = LOADS[worker.rank] * 9, CEILINGS[worker.rank]
    return apportion(households, weights, most=most)


def _deal(rng: Random, workers: Sequence[Worker], loads: Sequence[int], homes: list[Home]) -> Iterator[Link]:
    """Assign neighbouring households to one cadre."""
    order = list(zip(workers, loads, strict=True))
    rng.shuffle(order)
    place = iter(homes)
    for worker, load in order:
        for _ in range(load):
            yield Link(worker, next(place), worker.unit, worker.rank)


def _take_in(teams: Sequence[Team], links: Sequence[Link], overflow: Sequence[Home]) -> Iterator[Link]:
    """Assign what a small unit cannot take to the town's cadres with the fewest households."""
    loads: dict[Worker, int] = {}
    for link in links:
        loads[link.worker] = loads.get(link.worker, 0) + 1
    for home in overflow:
        town = [team for team in teams if team.office.place == home.place.settlement.town]
        spare = [worker for team in town for worker in team.workers]
        worker = min(spare, key=lambda worker: (loads.get(worker, 0) / CEILINGS[worker.rank], worker.pk))
        loads[worker] = loads.get(worker, 0) + 1
        yield Link(worker, home, worker.unit, worker.rank)


def _follow_villages(
    rng: Random, teams: Sequence[Team], tenures: Sequence[VillageTenure], links: list[Link]
) -> None:
    """Change the cadres of households on the day their village changed units."""
    before = {tenure.place: tenure for tenure in tenures if tenure.until != STILL}
    for link in list(links):
        tenure = before.get(link.home.place)
        if tenure:
            predecessor = rng.choice(teams[tenure.unit - 1].workers)
            links.append(
                _predecessor(link, predecessor, tenure.unit, predecessor.rank, tenure.until, VILLAGE_REASON)
            )


def _predecessor(link: Link, worker: Worker, unit: int, rank: Rank, moment: float, reason: str) -> Link:
    """Return who had the household until a moment; the link itself begins then."""
    link.since = moment
    return Link(worker, link.home, unit, rank, link.kind, until=moment, reason=reason)


def _transfer(rng: Random, teams: Sequence[Team], links: list[Link], count: int) -> None:
    """Let a colleague take over the households of a cadre who moved here from another unit."""
    by_worker = _by_worker(links)
    heirs = [w for w in by_worker if _is_free(w, by_worker) and len(by_worker[w]) >= 2]
    heirs = rng.sample(heirs, count)
    movers = [w for w in by_worker if _is_free(w, by_worker) and w.rank != Rank.COUNTY and w not in heirs]
    for heir in heirs:
        mover = rng.choice([w for w in movers if w.unit != heir.unit])
        movers.remove(mover)
        moment = rng.uniform(0.15, 0.85)
        mover.moved_at, mover.former_unit = moment, heir.unit
        promoted = mover.rank == Rank.SECTION and rng.random() < 0.5
        mover.former_rank = Rank.GENERAL if promoted else mover.rank
        colleagues = [w for w in teams[mover.unit - 1].workers if not w.former_unit]
        for link in by_worker[mover]:
            earlier = rng.choice(colleagues)
            links.append(_predecessor(link, earlier, mover.unit, earlier.rank, moment, "由新来的同事联系"))
        links += [
            _predecessor(link, mover, heir.unit, mover.former_rank, moment, TRANSFER_REASON)
            for link in by_worker[heir]
        ]


def _hand_over(rng: Random, teams: Sequence[Team], links: list[Link], count: int) -> None:
    """Let a colleague of the same unit have the households earlier."""
    by_worker = _by_worker(links)
    heirs = [w for w in by_worker if _is_free(w, by_worker)]
    for heir in rng.sample(heirs, count):
        colleagues = [w for w in teams[heir.unit - 1].workers if w is not heir and not w.former_unit]
        before = rng.choice(colleagues)
        moment, reason = rng.uniform(0.1, 0.9), rng.choice(HAND_OVER_REASONS)
        links += [
            _predecessor(link, before, heir.unit, before.rank, moment, reason) for link in by_worker[heir]
        ]


def _by_worker(links: Sequence[Link]) -> dict[Worker, list[Link]]:
    found: dict[Worker, list[Link]] = {}
    for link in links:
        found.setdefault(link.worker, []).append(link)
    return found


def _is_free(worker: Worker, links: dict[Worker, list[Link]]) -> bool:
    """Return whether cadre and households are still unchanged and the cadre is no printed login."""
    quiet = all(link.since == BEFORE and link.until == STILL for link in links[worker])
    return quiet and not worker.former_unit and not worker.is_login


def _contacts(
    rng: Random,
    teams: Sequence[Team],
    tenures: Sequence[VillageTenure],
    links: Sequence[Link],
    left_out: set[Home],
) -> Iterator[Link]:
    """Yield links of county-rank cadres, who also keep contact with two households that a colleague helps."""
    by_worker = _by_worker(links)
    for team in teams:
        homes = _homes_of(team, tenures, left_out)
        for worker in team.workers:
            own = {link.home for link in by_worker.get(worker, ())}
            if worker.rank == Rank.COUNTY and len(own) <= CEILINGS[Rank.COUNTY] - 2:
                others = [home for home in homes if home not in own]
                for home in rng.sample(others, min(2, len(others))):
                    homes.remove(home)
                    yield Link(worker, home, worker.unit, worker.rank, PairingKind.CONTACT)


# --- rows ---------------------------------------------------------------------------------------


def village_pairing_rows(tenures: Sequence[VillageTenure], year: SampleYear) -> Iterator[dict[str, Any]]:
    for pk, tenure in enumerate(tenures, start=1):
        ended = tenure.until != STILL
        yield {
            "id": pk,
            "unit_id": tenure.unit,
            "village_id": tenure.place.pk,
            "started_on": _village_start(tenure.unit, year)
            if tenure.since == BEFORE
            else year.day(tenure.since),
            "ended_on": year.day(tenure.until) if ended else None,
            "end_reason": VILLAGE_REASON if ended else "",
            "place": tenure.place.code,
        }


def household_pairing_rows(links: Sequence[Link], year: SampleYear) -> Iterator[dict[str, Any]]:
    for pk, link in enumerate(links, start=1):
        ended = link.until != STILL
        yield {
            "id": pk,
            "cadre_id": link.worker.pk,
            "unit_id": link.unit,
            "rank": link.rank,
            "household_id": link.home.pk,
            "kind": link.kind,
            "started_on": _start(link, year) if link.since == BEFORE else year.day(link.since),
            "ended_on": year.day(link.until) if ended else None,
            "end_reason": link.reason,
            "place": link.home.place.code,
        }


def reach_rows(tenures: Sequence[VillageTenure], links: Sequence[Link]) -> Iterator[dict[str, Any]]:
    """Yield where units and cadres have ever been paired, each place once."""
    of_units = {(tenure.unit, None, tenure.place.code) for tenure in tenures}
    of_cadres = {(link.unit, link.worker.pk, link.home.place.code) for link in links}
    for unit, cadre, place in [*sorted(of_units), *sorted(of_cadres)]:
        yield {"unit_id": unit, "cadre_id": cadre, "place": place}


def _village_start(unit: int, year: SampleYear) -> date:
    """Return the day on which villages were assigned to units, in the spring two years ago."""
    return date(year.last.year - 2, 2, 20) + timedelta(days=unit * 7 % 25)


def _start(link: Link, year: SampleYear) -> date:
    return _village_start(link.unit, year) + timedelta(days=7 + link.worker.pk * 11 % 50)
