"""How much was done in a year, by cadre and by unit: each in one pass of sets.

Written in SQL, because this is the hottest reading there is: the whole county on the office's page, and one
person on every opening of a home. Everything else about what is owed is in `visits.duty`.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from units.models import Cadre, Requirement, Unit

Indicator = Requirement.Indicator

REACHED = """(v.kind <> 'phone' OR EXISTS (
        SELECT 1 FROM households_householdaway a
        WHERE a.household_id = v.household_id AND a.started_on <= v.visited_on
            AND (a.ended_on IS NULL OR a.ended_on >= v.visited_on)))"""
"""Not by phone, but while the family is away for work, when a call counts."""

CADRES_WENT = f"""
    SELECT v.cadre_id, v.household_id, v.visited_on FROM visits_visit v
    WHERE v.voided_on IS NULL AND v.visited_on BETWEEN %s AND %s AND v.cadre_id IN ({{who}}) AND {REACHED}
    UNION
    SELECT c.cadre_id, v.household_id, v.visited_on
    FROM visits_visitcompanion c JOIN visits_visit v ON v.id = c.visit_id
    WHERE v.voided_on IS NULL AND v.visited_on BETWEEN %s AND %s AND c.cadre_id IN ({{who}}) AND {REACHED}
"""  # noqa: S608 (our own words)
"""The distinct (cadre, household, day) of whoever went, alone or along with a colleague."""

BY_CADRE = f"""
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
"""The distinct (unit, village, day): once, however many of its people went."""

BY_UNIT = f"""
    SELECT w.unit_id, COUNT(*), COUNT(DISTINCT w.visited_on) FROM ({UNITS_WENT}) w
    WHERE EXISTS (
        SELECT 1 FROM villages_villagepairing p
        WHERE p.unit_id = w.unit_id AND p.village_id = w.village_id AND p.started_on <= w.visited_on
            AND (p.ended_on IS NULL OR p.ended_on >= w.visited_on))
    GROUP BY w.unit_id
"""  # noqa: S608 (our own words)


def done_by_cadres(cadres: QuerySet[Cadre], first: date, last: date) -> dict[int, dict[str, int]]:
    """By pk of those who went at all: 户次 at own households (paired that day), days, households."""
    indicators = (Indicator.VISIT_TIMES, Indicator.VISIT_DAYS, Indicator.VISITED_HOUSEHOLDS)
    return _counts(BY_CADRE, indicators, cadres, first, last)


def done_by_units(units: QuerySet[Unit], first: date, last: date) -> dict[int, dict[str, int]]:
    """By pk of those of which somebody went: village-days in villages paired that day, and days there."""
    return _counts(BY_UNIT, (Indicator.VILLAGE_TIMES, Indicator.VILLAGE_DAYS), units, first, last)


def _counts(
    statement: str, indicators: Sequence[str], of: QuerySet[Any], first: date, last: date
) -> dict[int, dict[str, int]]:
    who, params = of.order_by().values("pk").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(statement.format(who=who), [first, last, *params] * 2)
        return {pk: dict(zip(indicators, counts, strict=True)) for pk, *counts in cursor.fetchall()}
