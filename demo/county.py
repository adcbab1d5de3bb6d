"""Build the whole demo county as a stream of rows, without a database.

Uses a fixed seed: two runs on one day give equal rows, including primary keys. On another day of the same
year only dates of visits and of changes within the year move, and what depends on a date (words and kinds
of the season). In another year, birth dates and starts of pairings move by whole years. `now` is used only
to ensure that nothing is entered later than that.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.db import models
from django.utils import timezone

from core.chunked_queries import chunks
from demo import diary, homes, pairings, staff
from demo.askers import Askers
from demo.field import Fieldwork
from demo.field.known import KnownFieldwork
from demo.homes import Place
from demo.offices import catalogue
from demo.responses import HOUSEHOLD_FORM, ResponseDrawing
from demo.scales import Scale
from demo.season import SampleYear
from households.models import Household, HouseholdPairing, Member
from surveys.definition.presets import preset_rows
from surveys.models import Response, Survey
from units.models import Cadre, Division, Reach, Unit
from villages.county import County, division_rows, read_county
from villages.models import Village, VillagePairing
from visits.models import Visit, VisitCompanion

CODE = "620524"
VILLAGES_FILE = settings.BASE_DIR / "data" / "wushan_villages.csv"
CHUNK = 2000
VILLAGES_AT_ONCE = 12
ROUGHLY = {"sample": 10_400, "county": 415_500}
"""Rows of each scale, for the progress bar."""


class Batch(NamedTuple):
    """Rows of one model, keyed by attname with their `id`; members carry `id_number` in plain text."""

    model: type[models.Model]
    rows: list[dict[str, Any]]


def facts(scale: Scale) -> County:
    """Return the divisions and villages; a sample has some towns and the first villages of each kind in them."""
    county = read_county(VILLAGES_FILE, CODE)
    if not scale.is_sample:
        return county
    villages = []
    for town in scale.towns:
        own = [village for village in county.villages if village.town == town]
        communities = [village for village in own if village.kind == Village.Kind.COMMUNITY][:2]
        rural = [village for village in own if village.kind == Village.Kind.VILLAGE]
        villages += communities + rural[: scale.villages_a_town - len(communities)]
    towns = {code for code in county.divisions if len(code) <= len(CODE)} | set(scale.towns)
    divisions = {code: name for code, name in county.divisions.items() if code in towns}
    return County(CODE, divisions, villages)


def build(scale: Scale, *, now: datetime, password: str) -> Iterator[Batch]:
    """Yield all rows, parents first. All accounts share the hash `password`; the year ends on the day of `now`."""
    now = timezone.localtime(now)
    county, year = facts(scale), SampleYear(now.date())
    divisions = {code: pk for pk, code in enumerate(county.divisions, start=1)}
    yield Batch(Division, [{**row, "id": divisions[row["code"]]} for row in division_rows(county)])
    yield Batch(Survey, _survey_rows(year))

    teams = staff.draw_teams(_offices(county, scale), scale)
    yield Batch(Unit, list(staff.unit_rows(teams, divisions)))
    yield from _batches(Cadre, staff.cadre_rows(teams, password))

    places = homes.draw_places(county.villages, scale)
    yield Batch(Village, list(homes.village_rows(places, divisions)))
    households = homes.Households(scale, year.last.year, CODE)
    for place in places:
        household_rows, member_rows = households.of(place)
        yield Batch(Household, household_rows)
        yield Batch(Member, member_rows)

    tenures = pairings.pair_villages(teams, places, scale)
    links = pairings.pair_households(teams, tenures, scale)
    yield Batch(VillagePairing, list(pairings.village_pairing_rows(tenures, year)))
    yield from _batches(HouseholdPairing, pairings.household_pairing_rows(links, year))
    yield from _batches(Reach, pairings.reach_rows(tenures, links))

    outings = diary.plan(teams, tenures, links, scale)
    writer, askers = diary.Diary(teams, year, now), Askers(teams, tenures, links, year, now)
    known = KnownFieldwork(teams, tenures, links, year, now)
    for start in range(0, len(outings), CHUNK):
        written = writer.write(outings[start : start + CHUNK])
        askers.note(written.visits)
        known.note(written.visits, written.companions)
        yield Batch(Visit, written.visits)
        yield Batch(VisitCompanion, written.companions)

    responses, fieldwork = ResponseDrawing(scale, teams, askers), Fieldwork(scale, known)
    for some in chunks(places, VILLAGES_AT_ONCE):
        yield from _of_villages(some, responses, fieldwork)
    yield from (Batch(model, rows) for model, rows in fieldwork.of_units())


def _of_villages(
    places: Sequence[Place], responses: ResponseDrawing, fieldwork: Fieldwork
) -> Iterator[Batch]:
    """Yield the survey and fieldwork rows of several villages, grouped by model to save statements and memory."""
    rows: dict[type[models.Model], list[dict[str, Any]]] = {Response: []}
    for place in places:
        sheets = responses.of(place)
        rows[Response] += sheets
        for model, own in fieldwork.of(place, sheets):
            rows.setdefault(model, []).extend(own)
    return (Batch(model, own) for model, own in rows.items())


def _offices(county: County, scale: Scale) -> Sequence[Any]:
    towns = {code: name for code, name in county.divisions.items() if len(code) > len(CODE)}
    offices = catalogue(county.name, CODE, towns)
    return [office for office in offices if office.in_sample] if scale.is_sample else offices


def _survey_rows(year: SampleYear) -> list[dict[str, Any]]:
    """Return the two forms, published in the spring in which villages were assigned to units."""
    forms = preset_rows(CODE, date(year.last.year - 2, 3, 1))
    return [{**row, "id": pk} for pk, row in enumerate(forms, start=HOUSEHOLD_FORM)]


def _batches(model: type[models.Model], rows: Iterable[Mapping[str, Any]]) -> Iterator[Batch]:
    return (Batch(model, [dict(row) for row in chunk]) for chunk in chunks(rows, CHUNK))
