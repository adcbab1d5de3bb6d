"""Count what cadres and units held and did in a year, each in one set-based query.

It is SQL because it is the hottest query: the whole county on the office's page, and one cadre on every
opening of the home. `visits.duty.rules` has the rest of the rules.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import QuerySet

from units.models import Cadre, Requirement, Unit

Indicator = Requirement.Indicator

# --- held -----------------------------------------------------------------------------------------

HELD_BY_CADRE = """
    SELECT cadre_id, MAX(place), MIN(started_on), MAX(until),
        COUNT(DISTINCT CASE WHEN there AND kind = 'contact' THEN household_id END),
        COUNT(DISTINCT CASE WHEN there AND kind = 'help' THEN household_id END),
        COUNT(DISTINCT CASE WHEN there THEN household_id END)
    FROM (
        SELECT cadre_id, household_id, kind, place, started_on, COALESCE(ended_on, %s) AS until,
            started_on <= %s AND (ended_on IS NULL OR ended_on >= %s) AS there
        FROM households_householdpairing
        WHERE (ended_on IS NULL OR ended_on >= %s) AND started_on <= %s AND cadre_id IN ({who})
    ) p GROUP BY cadre_id
"""

HELD_BY_UNIT = """
    SELECT unit_id, MAX(place), MIN(started_on), MAX(until), COUNT(DISTINCT CASE WHEN there THEN village_id END)
    FROM (
        SELECT unit_id, village_id, place, started_on, COALESCE(ended_on, %s) AS until,
            started_on <= %s AND (ended_on IS NULL OR ended_on >= %s) AS there
        FROM villages_villagepairing
        WHERE (ended_on IS NULL OR ended_on >= %s) AND started_on <= %s AND unit_id IN ({who})
    ) p GROUP BY unit_id
"""

HELD_BY_CADRES = (Indicator.CONTACT_HOUSEHOLDS, Indicator.HELP_HOUSEHOLDS, Indicator.PAIRED_HOUSEHOLDS)
HELD_BY_UNITS = (Indicator.PAIRED_VILLAGES,)


class Tenure(NamedTuple):
    """Place and the first and last day of pairings within a year, and how much is held, by indicator."""

    place: str
    since: date
    until: date
    held: dict[str, int]


def held_by_cadres(cadres: QuerySet[Cadre], first: date, last: date, on: date) -> dict[int, Tenure]:
    """Return for each cadre paired between `first` and `last` the households held on the day: 联系, 帮扶
    and all.
    """
    return _held(HELD_BY_CADRE, HELD_BY_CADRES, cadres, first, last, on)


def held_by_units(units: QuerySet[Unit], first: date, last: date, on: date) -> dict[int, Tenure]:
    """Return for each unit paired between `first` and `last` the villages held on the day."""
    return _held(HELD_BY_UNIT, HELD_BY_UNITS, units, first, last, on)


def _held(
    statement: str, indicators: Sequence[str], of: QuerySet[Any], first: date, last: date, on: date
) -> dict[int, Tenure]:
    rows = _asked(statement, of, [last, on, on, first, last])
    return {
        pk: Tenure(place, max(_day(since), first), min(_day(until), last), _by(indicators, held))
        for pk, place, since, until, *held in rows
    }


def _day(value: date | str) -> date:
    # SQLite has no dates of its own and gives back the text.
    return date.fromisoformat(value) if isinstance(value, str) else value


# --- done -----------------------------------------------------------------------------------------

REACHED = """(v.kind <> 'phone' OR EXISTS (
        SELECT 1 FROM households_householdaway a
        WHERE a.household_id = v.household_id AND a.started_on <= v.visited_on
            AND (a.ended_on IS NULL OR a.ended_on >= v.visited_on)))"""
"""Not by phone, unless the family was away, when a call counts."""

CADRES_WENT = f"""
    SELECT v.cadre_id, v.household_id, v.visited_on FROM visits_visit v
    WHERE v.voided_on IS NULL AND v.visited_on BETWEEN %s AND %s AND v.cadre_id IN ({{who}}) AND {REACHED}
    UNION
    SELECT c.cadre_id, v.household_id, v.visited_on
    FROM visits_visitcompanion c JOIN visits_visit v ON v.id = c.visit_id
    WHERE v.voided_on IS NULL AND v.visited_on BETWEEN %s AND %s AND c.cadre_id IN ({{who}}) AND {REACHED}
"""  # noqa: S608 (our own words)
"""Distinct (cadre, household, day) of cadres and companions."""

DONE_BY_CADRE = f"""
    SELECT w.cadre_id,
        COUNT(CASE WHEN EXISTS (
            SELECT 1 FROM households_householdpairing p
            WHERE p.cadre_id = w.cadre_id AND p.household_id = w.household_id AND p.started_on <= w.visited_on
                AND (p.ended_on IS NULL OR p.ended_on >= w.visited_on)) THEN 1 END),
        COUNT(DISTINCT w.visited_on),
        COUNT(DISTINCT w.household_id)
    FROM ({CADRES_WENT}) w GROUP BY w.cadre_id
"""  # noqa: S608 (our own words)

UNITS_WENT = """
    SELECT v.unit_id, v.village_id, v.visited_on FROM visits_visit v
    WHERE v.voided_on IS NULL AND v.visited_on BETWEEN %s AND %s AND v.kind <> 'phone' AND v.unit_id IN ({who})
    UNION
    SELECT c.unit_id, v.village_id, v.visited_on
    FROM visits_visitcompanion c JOIN visits_visit v ON v.id = c.visit_id
    WHERE v.voided_on IS NULL AND v.visited_on BETWEEN %s AND %s AND v.kind <> 'phone' AND c.unit_id IN ({who})
"""
"""Distinct (unit, village, day), however many of its cadres went."""

DONE_BY_UNIT = f"""
    SELECT w.unit_id, COUNT(*), COUNT(DISTINCT w.visited_on) FROM ({UNITS_WENT}) w
    WHERE EXISTS (
        SELECT 1 FROM villages_villagepairing p
        WHERE p.unit_id = w.unit_id AND p.village_id = w.village_id AND p.started_on <= w.visited_on
            AND (p.ended_on IS NULL OR p.ended_on >= w.visited_on))
    OR EXISTS (
        SELECT 1 FROM households_householdpairing p JOIN households_household h ON h.id = p.household_id
        WHERE p.unit_id = w.unit_id AND h.village_id = w.village_id AND p.started_on <= w.visited_on
            AND (p.ended_on IS NULL OR p.ended_on >= w.visited_on))
    GROUP BY w.unit_id
"""  # noqa: S608 (our own words)

DONE_BY_CADRES = (Indicator.VISIT_TIMES, Indicator.VISIT_DAYS, Indicator.VISITED_HOUSEHOLDS)
DONE_BY_UNITS = (Indicator.VILLAGE_TIMES, Indicator.VILLAGE_DAYS)


def done_by_cadres(cadres: QuerySet[Cadre], first: date, last: date) -> dict[int, dict[str, int]]:
    """Return for each cadre 户次 at paired households (paired on that day), days out, and different
    households.
    """
    rows = _asked(DONE_BY_CADRE, cadres, [first, last], twice=True)
    return {pk: _by(DONE_BY_CADRES, counts) for pk, *counts in rows}


def done_by_units(units: QuerySet[Unit], first: date, last: date) -> dict[int, dict[str, int]]:
    """Return for each unit village-days and days in villages that it was paired with on that day."""
    rows = _asked(DONE_BY_UNIT, units, [first, last], twice=True)
    return {pk: _by(DONE_BY_UNITS, counts) for pk, *counts in rows}


def _asked(
    statement: str, of: QuerySet[Any], params: Sequence[Any], *, twice: bool = False
) -> list[tuple[Any, ...]]:
    """Run a statement with the keys of `who` as parameter, once for each of its two halves if `twice`."""
    who, whose = of.order_by().values("pk").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(statement.format(who=who), [*params, *whose] * (1 + twice))
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def _by(indicators: Sequence[str], counts: Sequence[int]) -> dict[str, int]:
    return dict(zip(indicators, counts, strict=True))
