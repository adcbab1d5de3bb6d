"""Standing facts shown beside a response and checked against it: header, members, last answers.

They are columns of the household and its members, entered once and corrected there.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import Count, QuerySet

from core.chunked_queries import chunks
from households.models import Household, Member
from surveys.definition.document import Definition
from surveys.definition.items import Answer, Item
from surveys.filling.checking import Known
from surveys.models import Survey
from villages.models import Village

KEPT = {"household.size"}
"""Header facts stored with a response as of its day: those needed by sums and rules, nothing personal."""
NOT_KEPT = {"member.name", "member.id_number"}
OTHER = "99"
"""The code of 其他 in the lists of the forms."""


def known_of_households(
    definition: Definition,
    surveyed: Iterable[tuple[Household, date]],
    previous: Mapping[int, Mapping[str, Any]],
) -> dict[tuple[int, date], Known]:
    """Return what is known of each household for a survey of a day, by (pk, day).

    Ages are those of that day. `previous` holds the answers of last time, by pk. Three queries a chunk.
    """
    wanted = list(surveyed)
    members: dict[int, list[Member]] = {household.pk: [] for household, _ in wanted}
    for pks in chunks(members):
        for member in Member.objects.current().filter(household__in=pks).order_by("relation", "pk"):
            members[member.household_id].append(member)
    conflicts = identity_conflicts(members)
    return {
        (household.pk, day): Known(
            header={
                item.code: value
                for item in definition.header
                if (value := header_answer(item, household)) is not None
            },
            members=[member_answers(definition, member, day) for member in members[household.pk]],
            previous=previous.get(household.pk),
            subject={"identity_conflicts": conflicts.get(household.pk, 0)},
        )
        for household, day in wanted
    }


def known_of_villages(
    villages: QuerySet[Village], previous: Mapping[int, Mapping[str, Any]]
) -> dict[int, Known]:
    """Return the known facts of each village, by pk: the number of registered households, the last answers."""
    counted = Household.objects.registered().filter(village__in=villages.values("pk")).values("village")
    counts = dict(counted.order_by().annotate(n=Count("pk")).values_list("village", "n"))
    return {
        pk: Known(header={}, previous=previous.get(pk), subject={"household_count": counts.get(pk, 0)})
        for pk in villages.values_list("pk", flat=True)
    }


def known_of(
    survey: Survey, subject: Household | Village, day: date, previous: Mapping[str, Any] | None
) -> Known:
    """Return the known facts of one household or village for a survey on that day."""
    before = {subject.pk: previous} if previous is not None else {}
    if isinstance(subject, Household):
        return known_of_households(survey.form, [(subject, day)], before)[subject.pk, day]
    return known_of_villages(Village.objects.filter(pk=subject.pk), before)[subject.pk]


def header_answer(item: Item, household: Household) -> Answer:
    """Return a header fact that rules may use; None for those of village, head and response."""
    owner, _, name = item.bind.partition(".")
    if owner != "household" or name == "village":
        return None
    fact: Answer = getattr(household, name)
    return fact


def member_answers(definition: Definition, member: Member, day: date) -> dict[str, Any]:
    """Return a member's facts as clean answers by M code, with `pk` and the `age` on that day.

    Neither name nor ID number is among them.
    """
    answers: dict[str, Any] = {"pk": member.pk, "age": member.age(day)}
    for item in definition.members:
        if item.bind in NOT_KEPT:
            continue
        value = getattr(member, item.bind.removeprefix("member."))
        answers[item.code] = int(value) if isinstance(value, bool) else _offered(item, value)
    return answers


def _offered(item: Item, value: str | None) -> str | None:
    """Return 其他 for a code that the item does not offer: forms list two of the 56 peoples."""
    codes = {option.code for option in item.options}
    return OTHER if value and value not in codes and OTHER in codes else value


def lacking_of_members(definition: Definition, members: Iterable[Mapping[str, Any]]) -> dict[int, list[str]]:
    """Return labels of the required facts that members lack, by the member's pk."""
    required = [item for item in definition.members if item.required and item.bind not in NOT_KEPT]
    found = {
        member["pk"]: [item.label for item in required if member.get(item.code) in (None, "")]
        for member in members
    }
    return {pk: labels for pk, labels in found.items() if labels}


def kept_header(definition: Definition, known: Known) -> dict[str, Any]:
    """Return the header facts that a response keeps among its answers."""
    return {
        i.code: known.header[i.code] for i in definition.header if i.bind in KEPT and i.code in known.header
    }


def identity_conflicts(households: Iterable[int]) -> dict[int, int]:
    """Return how many members of each household share an ID number with a member of another one."""
    found: dict[int, int] = {}
    for pks in chunks(households):
        own = dict(
            Member.objects.current()
            .filter(household__in=pks)
            .exclude(id_hash="")
            .values_list("id_hash", "household_id")
        )
        for hashes in chunks(own):
            for id_hash, household in (
                Member.objects.current().filter(id_hash__in=hashes).values_list("id_hash", "household_id")
            ):
                if household != own[id_hash]:
                    found[own[id_hash]] = found.get(own[id_hash], 0) + 1
    return found
