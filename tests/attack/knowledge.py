"""Which markers a person may read: those of rows in scope, and the names that these rows refer to."""

from typing import Any

from django.apps import apps

from tests.attack.markers import Mark
from tests.attack.naive import SEES, Facts
from tests.attack.rows import open_
from tests.attack.world import PHONES, World
from units.models import Cadre

NAMES = {
    "units.unit": {"name", "short_name"},
    "units.cadre": {"name"},
    "units.division": {"name"},
    "villages.village": {"name"},
    "villages.project": {"name"},
    "households.household": {"no"},
    "households.member": {"name"},
    "surveys.survey": {"title"},
}
"""The names shown where one row refers to another."""
OF_A_COLLEAGUE = {"no", "group", "phone"}
"""Columns of a colleague's family shown to whoever enters records for the colleague (besides the head's name)."""


class Knowledge:
    """What one person may know, according to the naive rules."""

    def __init__(self, facts: Facts, user: Cadre) -> None:
        self.facts, self.user = facts, user
        self.seen = {(label, row.pk) for label in SEES for row in facts.all(label) if facts.sees(user, row)}
        self.named: set[tuple[str, int]] = set()
        for label, key in sorted(self.seen):
            self.name_links_of(facts.get(label, key))
            self.name_reverse(label, key)
        self.colleagues_homes = self.homes_of_colleagues()
        self.of_colleagues = {("households.household", home) for home in self.colleagues_homes}
        self.name_offices()

    def may_read(self, mark: Mark) -> bool:
        if mark.field == "id_number":
            return False  # only the logged 查看 (reveal) shows it
        if (mark.label, mark.field) in PHONES and self.user.role == "viewer":
            return (mark.label, mark.row) == ("units.cadre", self.user.pk)  # the person's own marker
        row = (mark.label, mark.row)
        if row in self.of_colleagues and mark.field in OF_A_COLLEAGUE:
            return True
        if row in self.named and mark.field in NAMES.get(mark.label, ()):
            return True
        return self.in_scope(mark)

    def may_reveal(self, mark: Mark) -> bool:
        """Return whether the person may see the value through the logged 查看 (reveal)."""
        return mark.field == "id_number" and self.user.role != "viewer" and self.in_scope(mark)

    def in_scope(self, mark: Mark) -> bool:
        """Return whether a row is in scope; a row without a rule of its own follows the row it belongs to."""
        if mark.label in SEES:
            return (mark.label, mark.row) in self.seen
        owner = self.facts.get(mark.label, mark.row).owner_id
        return (self.owner_label(mark.label), owner) in self.seen

    @staticmethod
    def owner_label(label: str) -> str:
        return apps.get_model(label)._meta.get_field("owner").related_model._meta.label_lower

    # --- names ------------------------------------------------------------------------------------

    def name(self, label: str, key: Any) -> None:
        if key is None or label not in NAMES or (label, key) in self.named:
            return
        self.named.add((label, key))
        row = self.facts.get(label, key)
        if label == "households.household":
            self.name_heads(key)
        if label != "surveys.survey":
            self.name_links_of(row)

    def name_links_of(self, row: Any) -> None:
        for link in row._meta.concrete_fields:
            if link.is_relation:
                self.name(link.related_model._meta.label_lower, getattr(row, link.attname))

    def name_heads(self, household: int) -> None:
        for member in self.facts.all("households.member"):
            if member.household_id == household and member.relation == "01":
                self.named.add(("households.member", member.pk))

    def name_reverse(self, label: str, key: int) -> None:
        """Add the names found through reverse relations: a family's page names everybody who is or was paired
        with it, a village's page the units.
        """
        if label == "households.household":
            self.name_heads(key)
            pairings = self.facts.all("households.householdpairing")
            column = "household_id"
        elif label == "villages.village":
            pairings, column = self.facts.all("villages.villagepairing"), "village_id"
        else:
            return
        for pairing in pairings:
            if getattr(pairing, column) == key:
                self.name_links_of(pairing)

    def name_offices(self) -> None:
        """Add the offices at and above the person's level: whoever exceeds a daily limit sees which of them
        are notified.
        """
        own = self.facts.code_of(self.user)
        for cadre in self.facts.all("units.cadre"):
            if cadre.role == "office" and own.startswith(self.facts.place_of(cadre)):
                self.name("units.cadre", cadre.pk)

    def homes_of_colleagues(self) -> set[int]:
        """Return the families of serving colleagues, for whom everybody but a viewer may enter records."""
        if self.user.role == "viewer":
            return set()
        everybody = self.facts.all("units.cadre")
        mates = [mate for mate in everybody if mate.unit_id == self.user.unit_id and mate.left_on is None]
        for mate in mates:
            self.name("units.cadre", mate.pk)
        keys = {mate.pk for mate in mates}
        pairings = self.facts.all("households.householdpairing")
        homes = {p.household_id for p in pairings if p.cadre_id in keys and open_(p)}
        for home in homes:
            self.name("households.household", home)
        return homes


def knowledge_of(world: World) -> dict[str, Knowledge]:
    facts = Facts()
    return {who: Knowledge(facts, user) for who, user in world.people.items()}
