"""Closing a household on a past day: what was recorded after that day is named first, then taken back with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from households import registering
from households.choices import Status
from households.models import Household
from surveys.models import Response
from units.models import Cadre, today
from visits.assistance.rules import Worth, correct, shares_of
from visits.models import Assistance, Problem, Visit
from visits.problems import rules as problems
from visits.voiding import rules as voiding


@dataclass(frozen=True)
class LaterRecords:
    """What counts although it is dated after the closing day."""

    visits: Sequence[Visit]
    assistance: Sequence[Assistance]
    problems: Sequence[Problem]
    responses: Sequence[Response]

    @property
    def count(self) -> int:
        return len(self.visits) + len(self.assistance) + len(self.problems) + len(self.responses)

    @property
    def last_day(self) -> date:
        """Return the earliest closing day that leaves all of them standing."""
        days = [visit.visited_on for visit in self.visits]
        days += [item.given_on for item in self.assistance]
        days += [problem.raised_on for problem in self.problems]
        days += [response.surveyed_on for response in self.responses]
        return max(days)

    @property
    def mark(self) -> str:
        """Return the same for the same records: what the page showed is what is taken back."""
        kinds = (self.visits, self.assistance, self.problems, self.responses)
        return ".".join("-".join(str(row.pk) for row in rows) for rows in kinds)


def later_records(household: Household, on: date) -> LaterRecords:
    """Return what counts of the household after a day, the oldest first. Four queries."""
    visits = Visit.objects.counted().filter(household=household, visited_on__gt=on)
    given = Assistance.objects.counted().filter(shares__household=household, given_on__gt=on)
    raised = Problem.objects.filter(household=household, voided_on=None, raised_on__gt=on)
    answered = Response.objects.counted().filter(household=household, surveyed_on__gt=on)
    return LaterRecords(
        list(visits.select_related("cadre").order_by("visited_on", "pk")),
        list(given.select_related("cadre").order_by("given_on", "pk")),
        list(raised.select_related("raised_by").order_by("raised_on", "pk")),
        list(answered.select_related("survey", "surveyor").order_by("surveyed_on", "pk")),
    )


@transaction.atomic
def close_household(
    household: Household,
    *,
    status: Status,
    on: date,
    successor: Household | None,
    by: Cadre,
    reason: str = "",
) -> None:
    """Close it; with a `reason` take back what is dated later, else refuse while there is any.

    Raises ValidationError {"on": sentence}, and StaleRecord when the household was changed since it was read.
    """
    registering.close(household, status=status, on=on, successor=successor)
    later = later_records(household, on)
    if later.count and not reason:
        raise ValidationError({"on": f"这一天以后还有 {later.count} 条记录，最早可以选 {later.last_day}。"})
    _take_back(household, later, by, reason)


def _take_back(household: Household, later: LaterRecords, by: Cadre, reason: str) -> None:
    for visit in later.visits:
        voiding.void(visit, by=by, reason=reason)
    for item in later.assistance:
        _take_back_share(item, household, by, reason)
    for problem in later.problems:
        problems.take_back(problem, by=by, reason=reason)
    for response in later.responses:
        response.give_back(by=by, on=today(), reason=reason)


def _take_back_share(item: Assistance, household: Household, by: Cadre, reason: str) -> None:
    """Take back the help; of help to several households only the part of this one."""
    parts = shares_of(item)
    parts.pop(household.pk)
    if not parts:
        item.take_back(by=by, reason=reason)
        return
    others = Household.objects.select_related("village").in_bulk(list(parts))
    correct(
        item,
        version=item.version,
        given_on=item.given_on,
        source=item.source,
        whole=Worth(),
        households=[others[key] for key in parts],
        own=list(parts.values()),
        goods=item.goods,
        goods_unit=item.goods_unit,
    )
