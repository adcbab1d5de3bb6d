"""The rows of the database, the place of each, and the pairings of today: the input of the naive rules."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings

from units.models import Cadre

APPS = [config.label for config in apps.get_app_configs() if Path(config.path).parent == settings.BASE_DIR]
NAMES_ITS_PLACE = {
    "core.importrun",
    "core.spelling",
    "core.download",
    "core.reveal",
    "core.overlimit",
    "units.requirement",
    "units.calendarday",
    "surveys.survey",
}


class Rows:
    """A snapshot of all rows of the database: `all(label)` and `get(label, key)`."""

    def __init__(self) -> None:
        models = [model for app in APPS for model in apps.get_app_config(app).get_models()]
        self._rows = {
            model._meta.label_lower: {row.pk: row for row in model._base_manager.all()} for model in models
        }

    def all(self, label: str) -> Iterable[Any]:
        return self._rows[label].values()

    def get(self, label: str, key: Any) -> Any:
        return self._rows[label].get(key)

    # --- where a row belongs --------------------------------------------------------------------

    def code_of(self, user: Cadre) -> str:
        """Return the division code of the user's unit; an office sees everything below it."""
        return str(self.code_of_unit(user.unit_id))

    def code_of_unit(self, unit: int) -> str:
        return str(self.get("units.division", self.get("units.unit", unit).division_id).code)

    def place_of(self, row: Any) -> str:
        """Return the code of the row's village, else that of its unit or cadre, else the one it names."""
        label = row._meta.label_lower
        if label == "villages.village" or label == "units.division":
            return str(row.code)
        if label == "units.unit":
            return self.code_of_unit(row.pk)
        if label == "units.cadre":
            return self.code_of_unit(row.unit_id)
        if getattr(row, "household_id", None):
            return self.place_of(self.get("households.household", row.household_id))
        if getattr(row, "village_id", None):
            return self.place_of(self.get("villages.village", row.village_id))
        if label == "units.leave":
            return self.place_of(self.get("units.cadre", row.cadre_id))
        if label in NAMES_ITS_PLACE:
            return str(row.place)
        return self.code_of_unit(row.unit_id)

    def in_place(self, user: Cadre, row: Any) -> bool:
        return self.place_of(row).startswith(self.code_of(user))

    # --- what a unit or cadre is paired with today ------------------------------------------------

    def villages_of_unit(self, unit: int) -> set[int]:
        pairings = self.all("villages.villagepairing")
        return {pairing.village_id for pairing in pairings if pairing.unit_id == unit and open_(pairing)}

    def households_of(self, user: Cadre) -> set[int]:
        """Return the households that the cadre is paired with."""
        pairings = self.all("households.householdpairing")
        return {p.household_id for p in pairings if p.cadre_id == user.pk and open_(p)}

    def households_of_unit(self, unit: int) -> set[int]:
        pairings = self.all("households.householdpairing")
        return {p.household_id for p in pairings if p.unit_id == unit and open_(p)}


def open_(pairing: Any) -> bool:
    return pairing.ended_on is None
