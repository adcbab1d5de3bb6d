"""Run the parts of the attack in order, and print a table of the results."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from random import Random

from django.db import transaction

from tests.attack.comparing import differences
from tests.attack.crawl import Crawl
from tests.attack.knowledge import Knowledge
from tests.attack.lookups import LookUps
from tests.attack.naive import Facts
from tests.attack.posts import Fuzz, bodies_by_shape, collected
from tests.attack.tally import Tally, Visitor
from tests.attack.tokens import exempt_views, post_without_token
from tests.attack.world import World, build

ROLES = (
    *("county office", "county viewer", "town office", "town viewer", "city office", "far office"),
    *("county leader", "county cadre", "county former", "neighbour cadre", "town leader", "far cadre"),
    *("city unit leader", "city unit cadre"),
)
MOST_SHOWN = 60


@dataclass
class Attack:
    """One run of the attack.

    `sample` is the share of requests to send; the crawl also collects forms for the other parts.
    """

    seed: int = 1
    sample: float = 1
    worlds: int = 200
    progress: Callable[[str], None] = lambda words: None
    roles: Iterable[str] = ROLES
    tally: Tally = field(default_factory=Tally)
    drawn: int = 0
    told: set[str] = field(default_factory=set)

    @property
    def found(self) -> list[str]:
        return self.tally.found

    def tell(self, words: str) -> None:
        """Print the progress and the findings since the last call."""
        for line in [line for line in dict.fromkeys(self.found) if line not in self.told][:MOST_SHOWN]:
            self.progress(f"  {line}")
        self.told.update(self.found)
        self.progress(f"{words}, {sum(self.tally.requests.values())} requests, {len(self.found)} found")

    def run(self, parts: Iterable[str]) -> None:
        if "naive" in parts:
            self.draw()
        if set(parts) & {"crawl", "posts", "tokens", "lookups"}:
            with transaction.atomic():
                self.visit(set(parts))
                transaction.set_rollback(True)

    def draw(self) -> None:
        for number in range(self.worlds):
            with transaction.atomic():
                lines = differences(Random(self.seed + number))
                transaction.set_rollback(True)
            self.drawn += 1
            self.tally.writes += [f"world {self.seed + number}: {line}" for line in lines]
            if self.drawn % 25 == 0:
                self.tell(f"{self.drawn} worlds drawn")

    def visit(self, parts: set[str]) -> None:
        world = build()
        self.tell(f"world built, {len(world.marks.of)} markers")
        facts = Facts()
        visitors = {who: self.visitor(who, world, facts) for who in self.roles}
        walks = {who: self.crawl(visitor) for who, visitor in visitors.items()} if parts - {"lookups"} else {}
        if "tokens" in parts:
            targets = [target for forms in walks.values() for _, target, _ in forms]
            tried = post_without_token(world.people["county office"], self.tally, targets)
            self.tally.writes += [f"exempt from the token: {route}" for route in exempt_views()]
            self.tell(f"{tried} addresses without a token")
        for who, visitor in visitors.items():
            visitor.log_in()
            if "lookups" in parts and visitor.user.role in {"office", "leader"}:
                LookUps(visitor, facts, sample=self.sample, seed=self.seed).run()
                self.tell(f"{who}: looked up")
            if "posts" in parts:
                bodies = bodies_by_shape(list(walks.values()))
                Fuzz(visitor, facts, sample=self.sample, seed=self.seed).run(walks[who], bodies, self.tell)
                self.tell(f"{who}: posted")

    def visitor(self, who: str, world: World, facts: Facts) -> Visitor:
        return Visitor(who, Knowledge(facts, world.people[who]), self.tally, world.marks)

    def crawl(self, visitor: Visitor) -> list:
        visitor.log_in()
        crawl = Crawl(visitor, sample=self.sample, seed=self.seed)
        crawl.run(self.tell)
        self.tell(f"{visitor.who}: {len(crawl.asked)} addresses, {len(crawl.pages)} forms")
        return collected(crawl.pages)


def table(attack: Attack) -> str:
    """Return the table: requests and refusals by role, totals, and findings."""
    tally = attack.tally
    lines = [
        f"{who:<20}{count:>8} requests{tally.refused[who]:>8} refused"
        for who, count in tally.requests.items()
    ]
    sums = [
        f"{sum(tally.requests.values())} requests as {len(tally.requests)} roles",
        f"{len(tally.leaks)} leaks, {len(tally.errors)} answers of 5xx, {len(tally.writes)} foreign writes",
        f"{sum(tally.refused.values())} writes refused, {attack.drawn} worlds drawn, seed {attack.seed}",
    ]
    shown = attack.found[:MOST_SHOWN]
    return "\n".join([*lines, "", *sums, *(["", *shown] if shown else [])])
