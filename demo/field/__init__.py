"""Two years of fieldwork besides the visits: problems, help, projects, plans, activities, families away and leaves.

Uses separate generators for each village, so that other rows of the demo stay unchanged.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import Any

from django.db import models

from demo.draw import stream
from demo.field.activities import Activities
from demo.field.aways import Aways
from demo.field.findings import Findings, findings
from demo.field.help import Help
from demo.field.known import KnownFieldwork
from demo.field.leaves import Leaves
from demo.field.plans import Plans
from demo.field.problems import Problems
from demo.field.projects import Projects
from demo.field.village_plans import VillagePlans
from demo.homes import Place
from demo.responses import HOUSEHOLD_FORM, VILLAGE_FORM
from demo.scales import Scale
from households.models import HouseholdAway
from surveys.models import COUNTED
from units.models import Leave
from villages.models import ProjectNote, VillageNote
from visits.models import Activity, Assistance, AssistanceShare, Problem, ProblemMove, Visit

Row = dict[str, Any]
Rows = Sequence[Mapping[str, Any]]
Drawn = tuple[type[models.Model], list[Row]]
WORK: dict[type[models.Model], tuple[str, str]] = {
    ProblemMove: ("by_id", "at"),
    Assistance: ("cadre_id", "given_on"),
    Activity: ("entered_by_id", "held_on"),
    ProjectNote: ("by_id", "on"),
    VillageNote: ("by_id", "on"),
    Visit: ("cadre_id", "visited_on"),
}
"""Columns that state who was at work on which day."""


class Fieldwork:
    """Draws the fieldwork of one village after another; all visits must be noted first."""

    def __init__(self, scale: Scale, known: KnownFieldwork) -> None:
        self.scale, self.known = scale, known
        self.activities, self.aways, self.leaves = Activities(known), Aways(known), Leaves(known)
        self.problems, self.help = Problems(known), Help(known)
        self.projects, self.village_plans, self.plans = Projects(known), VillagePlans(known), Plans(known)

    def of(self, place: Place, responses: Rows) -> Iterator[Drawn]:
        """Yield (model, rows) of a village, parents first; `responses` holds those of its households and of the
        village.
        """
        sheets, own = defaultdict(list), []
        for row in responses:
            if row["survey_id"] == HOUSEHOLD_FORM and row["status"] in COUNTED:
                sheets[row["household_id"]].append(row)
            elif row["survey_id"] == VILLAGE_FORM:
                own.append(row)
        self.known.note_work(responses, "surveyor_id", "surveyed_on")
        for model, rows in self._of(findings(place, sheets, own)):
            if model in WORK:
                self.known.note_work(rows, *WORK[model])
            yield model, rows

    def of_units(self) -> Iterator[Drawn]:
        """Yield the units' activities at home, then leaves."""
        studies: list[Row] = []
        leaves: list[Row] = []
        for team in self.known.teams:
            studies += self.activities.of_unit(self._stream("studies", team.pk), team)
        self.known.note_work(studies, *WORK[Activity])
        for team in self.known.teams:
            leaves += self.leaves.of(self._stream("leaves", team.pk), team)
        yield from ((Activity, studies), (Leave, leaves))

    def _of(self, found: Findings) -> Iterator[Drawn]:
        place, code = found.place, found.place.code
        problems, moves, settled = self.problems.of(self._stream("problems", code), place, found.sheets)
        items, shares = self.help.of(self._stream("help", code), place, settled)
        yield from ((Problem, problems), (ProblemMove, moves))
        rng = self._stream("projects", code)
        sites = self.projects.of(rng, found)
        yield from self.projects.rows(rng, found, sites).items()
        yield from self.village_plans.of(self._stream("village plans", code), found, sites).items()
        yield from self.plans.of(self._stream("plans", code), found).items()
        of_projects = self.help.rows(rng, place, [*self.projects.help(rng, found, sites)])
        yield from ((Assistance, items + of_projects[0]), (AssistanceShare, shares + of_projects[1]))
        yield Activity, self.activities.of_village(self._stream("activities", code), place, items)
        aways, calls = self.aways.of(self._stream("aways", code), found)
        yield from ((HouseholdAway, aways), (Visit, calls))

    def _stream(self, *names: object) -> Random:
        return stream(self.scale.name, *names)
