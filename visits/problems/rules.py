"""困难诉求: raised once, moved through its states with author, day and note, merged, voided."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID, uuid5

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from core.records import StaleRecord
from households.choices import PairingKind
from households.closing import problem_of_closing
from households.models import Household, HouseholdPairing
from surveys.models import Response
from units.ceilings import ceilings
from units.days import problem_of_day
from units.models import Cadre, Requirement, today
from units.presets import PROBLEM_DAYS
from units.unit_history import Postings
from units.workdays import due_after
from villages.models import Village
from visits.choices import Category
from visits.idempotency import RefTaken, SameRef, differing
from visits.models import OPEN, Problem, ProblemMove, ProblemStatus, Visit

LONGEST_TERM = timedelta(days=731)
SAME = ["category", "description", "household_id", "village_id", "raised_on", "raised_by_id"]
"""Fields that two submissions with one idempotency key must share."""
SAYS_WHY = {ProblemStatus.SOLVED, ProblemStatus.SHELVED}
"""Moves that need a note: 解决 (how) and 暂不能解决 (why)."""


@dataclass(frozen=True, kw_only=True)
class RaisedProblem:
    """A problem as it is raised, of a household or of a village. `cadre` raised it, else the author.

    `ref` is the idempotency key of the form; `due_on` overrules the deadline that the office asks.
    """

    ref: UUID
    author: Cadre
    category: str
    description: str
    raised_on: date
    household: Household | None = None
    village: Village | None = None
    cadre: Cadre | None = None
    visit: Visit | None = None
    response: Response | None = None
    due_on: date | None = None

    @property
    def place(self) -> Village | None:
        return self.household.village if self.household else self.village

    @property
    def raised_by(self) -> Cadre:
        return self.cadre or self.author

    def faults(self) -> dict[str, str]:
        """Return why it must not be registered, a sentence for each field."""
        closed = problem_of_closing([self.household], self.raised_on) if self.household else ""
        faults = {
            "village": "" if self.place else "请选是哪一户的，或者哪个村的。",
            "raised_on": problem_of_day(self.raised_on) or closed,
            "due_on": problem_of_due(self.raised_on, self.due_on) if self.due_on else "",
        }
        return {field: sentence for field, sentence in faults.items() if sentence}


def raise_problem(raised: RaisedProblem) -> Problem:
    """Register a problem and return it.

    Its owner is the cadre paired with the household today, else who raised it; it is due after as many working
    days as the office asks. A form sent twice is registered once. Raises ValidationError {field: sentence}, SameRef
    if the ref came with other content, RefTaken if it is another author's.
    """
    if faults := raised.faults():
        raise ValidationError(faults)
    problem = _draft(raised)
    try:
        with transaction.atomic():
            if stored := _sent_before(problem):
                return stored
            problem.save()
            ProblemMove.objects.create(
                problem=problem, status=ProblemStatus.REGISTERED, by=raised.author, on=raised.raised_on
            )
    except IntegrityError:
        # Two taps at once: the other one wrote between our look and our write.
        if stored := _sent_before(problem):
            return stored
        raise
    return problem


def _draft(raised: RaisedProblem) -> Problem:
    place = raised.place
    assert place is not None
    unit, rank = Postings([raised.raised_by], raised.raised_on).on(raised.raised_by, raised.raised_on)
    return Problem(
        ref=raised.ref,
        category=raised.category,
        description=raised.description,
        household=raised.household,
        village=place,
        raised_on=raised.raised_on,
        raised_by=raised.raised_by,
        unit_id=unit,
        rank=rank,
        visit=raised.visit,
        response=raised.response,
        owner=owner_of(raised.household) or raised.raised_by,
        due_on=raised.due_on or due_day(raised.raised_on, place.place),
        status_on=raised.raised_on,
        entered_by=raised.author,
    )


def of_answer(response: Response, category: str, author: Cadre) -> Problem:
    """Return the problem of a flagged answer; the first tap makes it, later taps find it."""
    there = Problem.objects.filter(response=response, category=category, voided_on=None)
    found = there.first()
    if found is not None:
        return found
    label = Category(category).label
    try:
        return raise_problem(
            RaisedProblem(
                ref=uuid5(response.ref, f"{category}:{response.problems.count()}"),
                author=author,
                category=category,
                description=f"{response.surveyed_on:%Y-%m-%d} 调查时说最急需解决的困难：{label}",
                raised_on=response.surveyed_on,
                household=response.household,
                village=response.village,
                cadre=response.surveyor,
                response=response,
            )
        )
    except (IntegrityError, RefTaken):  # somebody else's tap was faster
        return there.get()


def owner_of(household: Household | None) -> Cadre | None:
    """Return the cadre who follows a household's problems, or None if nobody is paired with it."""
    return owners_of([household.pk]).get(household.pk) if household else None


def owners_of(households: Iterable[int], *, without: Iterable[int] = ()) -> dict[int, Cadre]:
    """Return each household's current 帮扶 cadre, else its 联系 cadre, by household; ignore pairings in `without`."""
    current = HouseholdPairing.objects.current().filter(household__in=households).exclude(pk__in=without)
    rows = current.select_related("cadre__unit")
    return {row.household_id: row.cadre for row in sorted(rows, key=lambda row: row.kind == PairingKind.HELP)}


def owners(problem: Problem) -> QuerySet[Cadre]:
    """Return the cadres to whom it may be handed over: those in office of the unit that raised it."""
    return Cadre.objects.current().filter(unit=problem.unit_id).order_by("pinyin", "pk")


def problem_of_due(raised_on: date, due_on: date) -> str:
    """Return what is wrong with this day as a deadline, '' if nothing is."""
    if due_on < raised_on:
        return "办结期限不能早于提出日期。"
    return "办结期限最晚两年以内，看看年份写对没有。" if due_on > today() + LONGEST_TERM else ""


def due_day(start: date, place: str) -> date:
    days = ceilings(Requirement.Indicator.PROBLEM_DAYS, place, start).of()
    return due_after(start, PROBLEM_DAYS if days is None else days, place)


def _sent_before(problem: Problem) -> Problem | None:
    stored = Problem.objects.select_related("household", "village").filter(ref=problem.ref).first()
    if stored is None:
        return None
    if stored.entered_by_id != problem.entered_by_id:
        raise RefTaken
    if rows := differing(problem, stored, SAME):
        raise SameRef([stored], rows)
    return stored


@transaction.atomic
def move(
    problem: Problem,
    *,
    to: str,
    by: Cadre,
    on: date | None = None,
    word: str = "",
    owner: Cadre | None = None,
    visit: Visit | None = None,
) -> ProblemMove:
    """Take a problem one step on, on a day (today by default).

    Raises ValidationError {field: sentence} for a step that is not allowed, StaleRecord when somebody else has
    moved it since it was read.
    """
    status, day = ProblemStatus(to), on or today()
    if problem.is_void or problem.joined_into_id:
        raise ValidationError({"to": "这件诉求已经作废或并入别的，不再单独办理。"})
    if status not in problem.next_statuses:
        raise ValidationError({"to": f"现在是“{problem.get_status_display()}”，不能直接到“{status.label}”。"})
    if status in SAYS_WHY and not word:
        said = "怎么解决的" if status == ProblemStatus.SOLVED else "为什么暂不能解决"
        raise ValidationError({"word": f"请写一句{said}。"})
    if why := problem_of_move(problem, day, visit):
        raise ValidationError({"on": why})
    reopened = status in OPEN and problem.status not in OPEN
    due_before = problem.due_on if reopened else None
    problem.status, problem.status_on = status, day
    if status in SAYS_WHY:
        problem.outcome = word
    if status == ProblemStatus.CONFIRMED:
        problem.confirmed_on = day
    if reopened:
        problem.outcome, problem.confirmed_on = "", None
        problem.due_on = due_day(day, problem.place)
    if owner is not None:
        problem.owner = owner
    problem.save()
    return ProblemMove.objects.create(
        problem=problem,
        status=status,
        by=by,
        on=day,
        word=word,
        owner=owner,
        visit=visit,
        due_before=due_before,
    )


def problem_of_move(problem: Problem, day: date, visit: Visit | None = None) -> str:
    """Return what is wrong with a day for the next move, or ''."""
    if day > today():
        return "日期不能晚于今天，办了再记。"
    last = problem.moves.last()
    if last and day < last.on:
        return f"日期不能早于上一步（{last.on:%Y-%m-%d} {last.get_status_display()}）。"
    if day < problem.raised_on:
        return f"日期不能早于提出日期（{problem.raised_on:%Y-%m-%d}）。"
    if visit and day < visit.visited_on:
        return f"日期不能早于那次走访（{visit.visited_on:%Y-%m-%d}）。"
    return ""


def note_owner(problem: Problem, *, by: Cadre, before: Cadre, on: date) -> ProblemMove:
    """Add a move that says who handed the problem to its new owner; the status stays."""
    return ProblemMove.objects.create(
        problem=problem,
        status=problem.status,
        by=by,
        on=on,
        word=f"从{before}转来",
        owner=problem.owner,
    )


def joinable(problem: Problem, user: Cadre) -> QuerySet[Problem]:
    """Return open problems of the same village and category that may be merged into this one."""
    return (
        Problem.objects.editable_by(user)
        .open()
        .filter(village=problem.village_id, category=problem.category)
        .exclude(pk=problem.pk)
        .filter(~Q(joined__isnull=False))
        .with_head()
        .select_related("household")
    )


@transaction.atomic
def join(problem: Problem, others: Iterable[Problem]) -> int:
    """Merge other problems into this one, so that they count once; return how many.

    Raises StaleRecord if one of them was merged, moved or voided since it was read: two problems merged into
    each other would both stop counting.
    """
    joining = list(others)
    rows = Problem.objects.select_for_update().filter(pk__in=[row.pk for row in (problem, *joining)])
    stored = {row.pk: row for row in rows.order_by("pk")}
    overtaken = [stored[row.pk] for row in (problem, *joining) if row.version != stored[row.pk].version]
    overtaken += Problem.objects.filter(joined_into__in=joining)
    if overtaken:
        raise StaleRecord(overtaken[0])
    for other in joining:
        other.joined_into = problem
        other.save()
    return len(joining)


def leave(problem: Problem) -> None:
    """Undo the merging of a problem."""
    problem.joined_into = None
    problem.save()


@transaction.atomic
def take_back(problem: Problem, *, by: Cadre, reason: str) -> None:
    """Void a problem (作废). Problems merged into it become independent again."""
    list(Problem.objects.select_for_update().filter(pk=problem.pk))
    for other in Problem.objects.filter(joined_into=problem):
        leave(other)
    problem.take_back(by=by, reason=reason)
