"""Village projects: what the responses show as built and what the village lacks; funds by source, progress notes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from demo.draw import WeightedChoice
from demo.field import works
from demo.field.findings import Better, Findings, is_paved, is_safe, is_tapped
from demo.field.gifts import Gift
from demo.field.help import Giver, HelpItem
from demo.field.known import KnownFieldwork
from demo.field.works import Serves, Work
from demo.homes import Home
from households.models import ProjectBeneficiary
from villages.models import FundSource, Project, ProjectFund, ProjectNote
from visits.choices import AssistanceKind

Status = Project.Status
IN_POOR, IN_OTHERS = WeightedChoice({1: 24, 2: 40, 3: 26, 4: 10}), WeightedChoice({0: 42, 1: 40, 2: 18})
"""Projects per village in the two years."""
NOTICED, FEWEST = 0.75, 3
"""How often a gain of several households came from a project, and the smallest number of households."""
AHEAD = 150
"""Days from today within which planned projects begin."""
BUILDING_MONTHS, SOWING_MONTHS, FROST = range(3, 11), range(3, 6), {12, 1, 2}
DELAYS = (-15, 90)
DROPPED = 0.12
"""Share of the planned ones."""
LISTED = (0.25, 0.8)
"""Range of the share of the village's poor households that a road or canal serves."""
CARRIAGE, BESIDE_GOODS = 1.06, (12_000, 68_000)
"""Cost of an industry besides its goods: a factor for transport, and 元 for sheds, film and lessons."""
OTHER_SOURCES, ALL_THERE, EARLY_MONEY = 0.6, 0.9, 0.4
"""How often minor sources contribute, all funds have arrived at the end, and some arrive before the start."""
WON, WON_BEFORE = 0.6, (8, 40)
HUNDRED = Decimal(100)


@dataclass(slots=True)
class Site:
    """One project; `homes` are the poor ones of the `households` it serves, `amount` is the quantity built."""

    work: Work
    unit: int
    starts_on: date
    due_on: date
    finishes_on: date
    homes: list[Home]
    households: int = 0
    amount: int = 0
    beside: int = 0
    status: Status = Status.RUNNING
    notes: list[tuple[date, str, int]] = field(default_factory=list)
    pk: int = 0

    @property
    def planned(self) -> Decimal:
        """Return the total 元."""
        goods = self.work.goods
        price = goods.price * CARRIAGE if goods else self.work.price
        return round((Decimal(str(price)) * self.amount + self.beside) / HUNDRED) * HUNDRED

    @property
    def progress(self) -> int:
        return self.notes[-1][2] if self.notes else 0


class Projects:
    """Draws the projects of one village after another."""

    def __init__(self, known: KnownFieldwork) -> None:
        self.known = known
        self.next = dict.fromkeys((Project, ProjectFund, ProjectNote, ProjectBeneficiary), 1)

    def of(self, rng: Random, found: Findings) -> list[Site]:
        """Return the projects ordered by start; planned ones last."""
        count = (IN_POOR if found.place.is_poor else IN_OTHERS).pick(rng)
        sites = [self._noticed(rng, found, work, better) for work, better in _built(rng, found)]
        lacking = _lacking(rng, found, {site.work.name for site in sites})
        sites += [self._planned(rng, found, work) for work in lacking[: max(count - len(sites), 0)]]
        sites = [site for site in sites if site.households >= FEWEST]
        sites.sort(key=lambda site: site.starts_on)
        for site in sites:
            site.pk = self._key(Project)
        return sites

    def _noticed(self, rng: Random, found: Findings, work: Work, better: Better) -> Site:
        """Return a finished project that households already use."""
        finished = _before_frost(rng, better)
        due = finished - timedelta(days=rng.randint(*DELAYS))
        starts = due - timedelta(days=30 * rng.randint(*work.months))
        site = Site(work, self.known.unit_of(found.place, finished), starts, due, finished, better.homes)
        return self._drawn(rng, found, site)

    def _planned(self, rng: Random, found: Findings, work: Work) -> Site:
        """Return a project that starts between the beginning of the fieldwork and next spring."""
        days = (self.known.year.last - self.known.since).days + AHEAD
        months = SOWING_MONTHS if work.goods else BUILDING_MONTHS
        starts = _in_season(rng, self.known.since + timedelta(days=rng.randrange(days)), months)
        due = starts + timedelta(days=30 * rng.randint(*work.months))
        finishes = max(due + timedelta(days=rng.randint(*DELAYS)), starts + timedelta(days=20))
        homes = self._served(rng, found, work, min(starts, self.known.year.last))
        unit = self.known.unit_of(found.place, min(starts, self.known.year.last))
        return self._drawn(rng, found, Site(work, unit, starts, due, finishes, homes))

    def _served(self, rng: Random, found: Findings, work: Work, day: date) -> list[Home]:
        if work.serves == Serves.ALL:
            return []
        unit, share = self.known.unit_of(found.place, day), rng.uniform(*LISTED)
        links = ((home, self.known.helper(home, day)) for home in found.place.homes)
        homes = [home for home, link in links if link and link.unit == unit and home.identified_on <= day]
        if work.goods:
            homes = [home for home in homes if any(person.is_worker for person in home.family)]
        return [home for home in homes if rng.random() < share]

    def _drawn(self, rng: Random, found: Findings, site: Site) -> Site:
        """Return the project with its quantity, progress, and notes until today."""
        goods, last = site.work.goods, self.known.year.last
        site.households = _households(found, site)
        site.beside = rng.randint(*BESIDE_GOODS) if goods else 0
        site.amount = rng.randint(*site.work.amount) or site.households * (goods.quantity if goods else 1)
        if site.starts_on > last:
            site.status = Status.DROPPED if rng.random() < DROPPED else Status.PLANNED
        elif site.finishes_on <= last:
            site.status = Status.FINISHED
        site.notes = list(self._notes(rng, site))
        return site

    def _notes(self, rng: Random, site: Site) -> Iterator[tuple[date, str, int]]:
        """Yield (day, text, percent); the last note of a finished project falls on its final day."""
        stages, whole = site.work.stages, (site.finishes_on - site.starts_on).days
        for number, text in enumerate(stages, start=1):
            is_last = number == len(stages)
            part = 1.0 if is_last else (number - rng.uniform(0.4, 0.9)) / (len(stages) - 1)
            day = site.starts_on + timedelta(days=round(whole * part))
            if day > self.known.year.last:
                break
            yield day, text, 100 if is_last else min(max(round(part * 19) * 5, 5), 95)

    # --- rows -------------------------------------------------------------------------------------

    def rows(self, rng: Random, found: Findings, sites: Sequence[Site]) -> dict[type[Any], list[Any]]:
        rows: dict[type[Any], list[Any]] = {model: [] for model in self.next}
        for site in sites:
            rows[Project].append(self._row(found, site))
            rows[ProjectFund] += self._funds(rng, site)
            for day, text, progress in site.notes:
                by = rng.choice(self.known.staff(site.unit, day)).pk
                note = {"project_id": site.pk, "on": day, "text": text, "progress": progress, "by_id": by}
                rows[ProjectNote].append({"id": self._key(ProjectNote), **note})
            for home in site.homes if site.status != Status.DROPPED else ():
                served = {"project_id": site.pk, "household_id": home.pk, "place": found.place.code}
                rows[ProjectBeneficiary].append({"id": self._key(ProjectBeneficiary), **served})
        return rows

    def _key(self, model: type[Any]) -> int:
        self.next[model] += 1
        return self.next[model] - 1

    def _row(self, found: Findings, site: Site) -> dict[str, Any]:
        begun = site.status in {Status.RUNNING, Status.FINISHED}
        return {
            "id": site.pk,
            "name": site.work.name,
            "village_id": found.place.pk,
            "unit_id": site.unit,
            "kind": site.work.kind,
            "status": site.status,
            "content": site.work.content.format(amount=site.amount),
            "starts_on": site.starts_on if begun else None,
            "due_on": site.due_on,
            "finished_on": site.finishes_on if site.status == Status.FINISHED else None,
            "progress": site.progress,
            "benefit_households": site.households,
            "benefit_people": round(site.households * found.people / found.households),
            "place": found.place.code,
        }

    def _funds(self, rng: Random, site: Site) -> Iterator[dict[str, Any]]:
        """Return planned, arrived and spent funds by source: spent ≤ arrived ≤ planned."""
        for source, share in _split(rng, site.work.shares).items():
            planned = round(site.planned * Decimal(share) / HUNDRED) * HUNDRED
            arranged = round(planned * _arrived(rng, site.status) / HUNDRED) * HUNDRED
            spent = round(arranged * _used(rng, site) / HUNDRED) * HUNDRED
            money = {"source": source, "planned": planned, "arranged": arranged, "spent": spent}
            if planned:
                yield {"id": self._key(ProjectFund), "project_id": site.pk, **money}

    # --- help -------------------------------------------------------------------------------------

    def help(self, rng: Random, found: Findings, sites: Sequence[Site]) -> Iterator[HelpItem]:
        """Return 送项目 help brought to the village, and the goods that a finished project gave to households."""
        for site in sites:
            won = site.starts_on - timedelta(days=rng.randint(*WON_BEFORE))
            is_won = rng.random() < WON and site.status != Status.DROPPED
            if is_won and self.known.since <= won <= self.known.year.last:
                told = rng.choice(works.WON).format(name=site.work.name)
                gift = Gift(AssistanceKind.SEND_PROJECT, told, next(iter(site.work.shares)))
                yield HelpItem(self._giver(rng, site.unit, won), won, gift, [], project=site.pk)
            if site.work.goods and site.status == Status.FINISHED:
                day, goods = site.notes[1][0], site.work.goods
                gift = Gift(
                    AssistanceKind.PROJECT,
                    goods.content,
                    FundSource.PROJECT,
                    goods=goods.name,
                    goods_unit=goods.measure,
                    quantity=goods.quantity,
                    price=goods.price,
                )
                links = ((home, self.known.helper(home, day)) for home in site.homes)
                shares = [(home, gift) for home, link in links if link and link.unit == site.unit]
                if shares:
                    yield HelpItem(self._giver(rng, site.unit, day), day, gift, shares, project=site.pk)

    def _giver(self, rng: Random, unit: int, day: date) -> Giver:
        worker = rng.choice(self.known.staff(unit, day))
        return Giver(worker.pk, *self.known.posting(worker, day))


def _built(rng: Random, found: Findings) -> Iterator[tuple[Work, Better]]:
    """Yield projects for what several households got between the rounds."""
    for work, better in (
        (works.TAPS, found.better(is_tapped)),
        (works.ROAD, found.better(is_paved)),
        (works.HOUSES, found.better(is_safe)),
    ):
        if better and len(better.homes) >= FEWEST and rng.random() < NOTICED:
            yield work, better


def _lacking(rng: Random, found: Findings, built: set[str]) -> list[Work]:
    """Return projects that address a limit of the village or support its industries, then any others; each once."""
    needed = [work for code in found.limits for work in works.FOR_LIMITS.get(code, ())]
    industries = [works.INDUSTRIES[code] for code in found.industries if code in works.INDUSTRIES]
    wanted = [rng.choice(some) for some in (needed, industries) if some]
    others = rng.sample([*needed, *industries, *works.ANYWHERE], 4)
    by_name = {work.name: work for work in [*wanted, *others]}
    return [work for name, work in by_name.items() if name not in built]


def _in_season(rng: Random, day: date, months: range) -> date:
    """Return the day itself, or a day next spring."""
    if day.month in months:
        return day
    return date(day.year + (day.month > max(months)), rng.choice(months[:2]), rng.randint(1, 28))


def _before_frost(rng: Random, better: Better) -> date:
    """Return a working day between the rounds, before the frost, if there is one."""
    days = [better.since + timedelta(days=n) for n in range((better.until - better.since).days + 1)]
    return rng.choice([day for day in days if day.month not in FROST] or days)


def _households(found: Findings, site: Site) -> int:
    if site.work.serves == Serves.ALL:
        return found.households
    if site.work.serves == Serves.POOR:
        return len(site.homes)
    return round(len(site.homes) * found.households / len(found.place.homes))


def _split(rng: Random, shares: dict[FundSource, float]) -> dict[FundSource, float]:
    """Return the main source and most of the others, with shares that add up to the total."""
    main = next(iter(shares))
    parts = {
        source: share * rng.uniform(0.6, 1.4)
        for source, share in shares.items()
        if source == main or rng.random() < OTHER_SOURCES
    }
    return {source: part / sum(parts.values()) for source, part in parts.items()}


def _arrived(rng: Random, status: Status) -> Decimal:
    """Return the share of planned funds that has arrived."""
    if status == Status.FINISHED:
        return Decimal(1) if rng.random() < ALL_THERE else Decimal("0.95")
    if status == Status.RUNNING:
        return Decimal(rng.uniform(0.45, 0.95))
    early = status == Status.PLANNED and rng.random() < EARLY_MONEY
    return Decimal(rng.uniform(0.1, 0.4)) if early else Decimal(0)


def _used(rng: Random, site: Site) -> Decimal:
    """Return the share of arrived funds that is spent."""
    if site.status == Status.FINISHED:
        return Decimal(rng.uniform(0.94, 1))
    return Decimal(rng.uniform(0.7, 1) * site.progress / 100)
