"""Two years of fieldwork beside the visits: difficulties, the help given, projects, plans, activities.

Drawn from generators of their own, village by village, so that nothing else of the demo moves with them.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db import models

from lianhu.demo.draw import stream
from lianhu.demo.field.activities import Activities
from lianhu.demo.field.findings import findings
from lianhu.demo.field.help import Help
from lianhu.demo.field.known import Known
from lianhu.demo.field.plans import Plans
from lianhu.demo.field.problems import Problems
from lianhu.demo.field.projects import Projects
from lianhu.demo.field.village_plans import VillagePlans
from lianhu.demo.homes import Place
from lianhu.demo.responses import HOUSEHOLD_FORM, VILLAGE_FORM
from lianhu.demo.scales import Scale
from surveys.models import COUNTED
from visits.models import Activity, Assistance, AssistanceShare, Problem, ProblemMove

Rows = Sequence[Mapping[str, Any]]


class Fieldwork:
    """Draws that of one village after another; the visits are noted first."""

    def __init__(self, scale: Scale, known: Known) -> None:
        self.scale, self.known = scale, known
        self.activities = Activities(known)
        self.problems, self.help = Problems(known), Help(known)
        self.projects, self.village_plans, self.plans = Projects(known), VillagePlans(known), Plans(known)

    def of(self, place: Place, responses: Rows) -> Iterator[tuple[type[models.Model], list[dict[str, Any]]]]:
        """(model, rows) of a village, parents first; `responses` are those of its households and of itself."""
        sheets, own = defaultdict(list), []
        for row in responses:
            if row["survey_id"] == HOUSEHOLD_FORM and row["status"] in COUNTED:
                sheets[row["household_id"]].append(row)
            elif row["survey_id"] == VILLAGE_FORM:
                own.append(row)
        found = findings(place, sheets, own)
        problems, moves, settled = self.problems.of(self._stream("problems", place), place, sheets)
        items, shares = self.help.of(self._stream("help", place), place, settled)
        yield from ((Problem, problems), (ProblemMove, moves))
        rng = self._stream("projects", place)
        sites = self.projects.of(rng, found)
        yield from self.projects.rows(rng, found, sites).items()
        yield from self.village_plans.of(self._stream("village plans", place), found, sites).items()
        yield from self.plans.of(self._stream("plans", place), found).items()
        of_projects = self.help.rows(rng, place, [*self.projects.help(rng, found, sites)])
        yield from ((Assistance, items + of_projects[0]), (AssistanceShare, shares + of_projects[1]))
        yield Activity, self.activities.of_village(self._stream("activities", place), place, items)

    def of_units(self) -> list[dict[str, Any]]:
        """The activities of units at home."""
        return [
            row
            for team in self.known.teams
            for row in self.activities.of_unit(stream(self.scale.name, "studies", team.pk), team)
        ]

    def _stream(self, name: str, place: Place) -> Any:
        return stream(self.scale.name, name, place.code)
