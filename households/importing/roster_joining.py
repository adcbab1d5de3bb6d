"""Join the plans of households, members and pairings of one sheet into one plan.

A household that is only planned has a negative key, from which the links to its row are made.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.apps import apps

from core.importing.planning import Absence, Creation, Outcome, Plan, Update
from households.models import Household

HOUSEHOLD = Household._meta.label_lower
RANKS: list[str] = [Outcome.SAME, Outcome.CHANGED, Outcome.CREATED]


def planned_key(position: int) -> int:
    """Return the key of the household that is planned at this position."""
    return -position - 1


def join(plan: Plan, parts: Sequence[Plan]) -> None:
    """Add the parts to the plan, without the rows that turned out to have errors."""
    wrong = {plan.table.numbers[index] for index in plan.table.errors}
    new = next((part.creations[HOUSEHOLD] for part in parts if HOUSEHOLD in part.creations), None)
    kept = _kept(new, wrong) if new else []
    places = {planned_key(old): place for place, old in enumerate(kept)}
    for part in parts:
        for creation in part.creations.values():
            _create(plan, creation, wrong, places)
        for update in part.updates.values():
            _update(plan, update, wrong)
        for label, versions in part.leans.items():
            stored = {pk: version for pk, version in versions.items() if pk > 0}
            plan.leans[label] = plan.leans.get(label, {}) | stored
        plan.absences += [found for absence in part.absences if (found := _of_stored(absence)).values]


def note_outcomes(plan: Plan, part: Plan, indexes: Sequence[int], subjects: Collection[int] = ()) -> None:
    """Take over the outcomes of a part; what it adds to a row of `subjects` only changes that row's subject."""
    for index, outcome in zip(indexes, part.outcomes, strict=True):
        told = Outcome.CHANGED if outcome == Outcome.CREATED and index in subjects else outcome
        if RANKS.index(told) > RANKS.index(plan.outcomes[index]):
            plan.outcomes[index] = told


def _kept(creation: Creation, wrong: set[int]) -> list[int]:
    return [place for place, number in enumerate(creation.numbers) if number not in wrong]


def _create(plan: Plan, creation: Creation, wrong: set[int], places: dict[int, int]) -> None:
    kept = _kept(creation, wrong)
    if not kept:
        return
    columns = {name: [values[place] for place in kept] for name, values in creation.columns.items()}
    own = Creation(creation.model, [creation.numbers[place] for place in kept], columns)
    if "household_id" in columns:
        _, links = creation.links.get("household_id", ("", []))
        keys = columns["household_id"]
        if links:
            keys = [
                key if links[place] is None else planned_key(links[place] or 0)
                for place, key in zip(kept, keys, strict=True)
            ]
        columns["household_id"] = [key if key > 0 else None for key in keys]
        if places:
            own.links["household_id"] = (HOUSEHOLD, [None if key > 0 else places[key] for key in keys])
    found = plan.creations.get(creation.model)
    plan.creations[creation.model] = own if found is None else _both(found, own)


def _both(one: Creation, two: Creation) -> Creation:
    names = {**one.columns, **two.columns}
    columns = {name: [*_column(one, name), *_column(two, name)] for name in names}
    links = {name: (target, [*places, *two.links[name][1]]) for name, (target, places) in one.links.items()}
    return Creation(one.model, [*one.numbers, *two.numbers], columns, links)


def _column(creation: Creation, name: str) -> list[Any]:
    """Return a column's values, the field's defaults if the creation does not have it."""
    if name in creation.columns:
        return creation.columns[name]
    fields = {field.attname: field for field in apps.get_model(creation.model)._meta.concrete_fields}
    return [fields[name].get_default() for _ in creation.numbers]


def _update(plan: Plan, update: Update, wrong: set[int]) -> None:
    found = plan.updates.setdefault(update.model, Update(update.model))
    for number, row, changes in zip(update.numbers, update.rows, update.changes, strict=True):
        if number not in wrong:
            found.numbers.append(number)
            found.rows.append(row)
            found.changes.append(changes)
    if not found.numbers:
        del plan.updates[update.model]


def _of_stored(absence: Absence) -> Absence:
    """Return an absence without the households that are only planned: nobody can have added to them."""
    if "household_id" not in absence.fields:
        return absence
    place = absence.fields.index("household_id")
    values: Iterable[list[Any]] = (value for value in absence.values if value[place] > 0)
    return Absence(absence.model, absence.fields, absence.where, list(values))
