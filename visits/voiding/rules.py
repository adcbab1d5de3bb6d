"""作废: taking back what was recorded by mistake."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.db import transaction

from units.models import Cadre
from visits.models import Assistance, Problem, Visit
from visits.problems import rules as problems


@dataclass(frozen=True)
class Belongings:
    """Problems and help that were recorded with visits, count, and may be taken back with them."""

    problems: list[Problem]
    assistance: list[Assistance]

    @property
    def count(self) -> int:
        return len(self.problems) + len(self.assistance)


def belongings(visits: Iterable[Visit], user: Cadre) -> Belongings:
    """Return what the user may take back together with these visits."""
    of_visits = {"visit__in": [visit.pk for visit in visits], "voided_on": None}
    return Belongings(
        list(Problem.objects.voidable_by(user).filter(**of_visits).order_by("pk")),
        list(Assistance.objects.voidable_by(user).filter(**of_visits).order_by("pk")),
    )


@transaction.atomic
def void(
    visit: Visit, *, by: Cadre, reason: str, whole_outing: bool = False, with_belongings: bool = False
) -> int:
    """作废: stays readable, struck through, and counts nowhere. Returns how many visits were.

    With `whole_outing` all rows of the same form that `by` may take back go too, with `with_belongings`
    the problems and help recorded with any of them. A night that a taken back row carried passes to
    another counted row of that outing and day.
    """
    same_form = Visit.objects.select_for_update().counted().filter(outing=visit.outing).order_by("pk")
    rows = list(same_form)
    allowed = set(Visit.objects.editable_by(by).filter(outing=visit.outing).values_list("pk", flat=True))
    taken_back = [row for row in rows if row.pk == visit.pk or (whole_outing and row.pk in allowed)]
    for row in taken_back:
        row.take_back(by=by, reason=reason)
    if with_belongings:
        _take_back_belongings(belongings(taken_back, by), by=by, reason=reason)
    for row, heir in _heirs(taken_back, rows):
        heir.nights = row.nights
        heir.save()
    return len(taken_back)


def _take_back_belongings(found: Belongings, *, by: Cadre, reason: str) -> None:
    for problem in found.problems:
        problems.take_back(problem, by=by, reason=reason)
    for item in found.assistance:
        item.take_back(by=by, reason=reason)


def _heirs(taken_back: Sequence[Visit], rows: Sequence[Visit]) -> Iterator[tuple[Visit, Visit]]:
    """Yield the rows taken back that carried a night, each with a row of the same day that goes on counting."""
    for row in taken_back:
        others = (
            r for r in rows if not r.is_void and r.visited_on == row.visited_on and r.cadre_id == row.cadre_id
        )
        heir = next(others, None)
        if row.nights and heir:
            yield row, heir
