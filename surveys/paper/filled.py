"""The content of printed forms of households or villages: today's facts, or given answers."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import QuerySet

from core.attachments import small_picture
from core.chunked_queries import records_in
from core.identity import hide_phones, mask_phone
from core.templatetags.look import date_cn
from households.choices import Relation
from households.models import Household, Member
from surveys.definition.document import Definition
from surveys.filling.facts import NOT_KEPT, header_answer, member_answers
from surveys.models import Response, Survey
from surveys.paper.layout import Filling
from units.models import Cadre, today
from villages.models import Village

SIGNATURE_SIDE = 480
"""Pixels: enough for one line of a form, and a village's file stays small."""
Text = dict[str, Any]
HEAD_AND_PLACE = ("village__division",)


def blank_of_households(survey: Survey, households: QuerySet[Household], user: Cadre) -> list[Filling]:
    """Return a form per household with header and members filled in, and answers that are household columns."""
    wanted = list(households.select_related(*HEAD_AND_PLACE).order_by("no"))
    members = _members_of(household.pk for household in wanted)
    return [
        Filling(
            number=household.no,
            header=_household_header(survey.form, household, members[household.pk], user),
            members=[
                _member(survey.form, member, member_answers(survey.form, member, today()))
                for member in members[household.pk]
            ],
            answers=_standing(survey.form, household),
        )
        for household in wanted
    ]


def blank_of_villages(survey: Survey, villages: Iterable[Village]) -> list[Filling]:
    return [
        Filling(number=village.code, header=_village_header(survey.form, village)) for village in villages
    ]


def filled(survey: Survey, responses: QuerySet[Response], user: Cadre) -> list[Filling]:
    """Return the forms of these responses, by 户编号 or village."""
    rows = responses.select_related(
        "household__village__division", "village__division", "surveyor", "unit", "reviewed_by"
    ).order_by("household__no", "village__code")
    found = list(rows.prefetch_related("signatures"))
    households = {response.household_id for response in found if response.household_id}
    seen = set(Household.objects.visible_to(user).filter(pk__in=households).values_list("pk", flat=True))
    members = _members_of(households)
    return [
        _filled(survey.form, response, members, user, may_know=response.household_id in seen)
        for response in found
    ]


def _filled(
    form: Definition,
    response: Response,
    members: Mapping[int, Sequence[Member]],
    user: Cadre,
    *,
    may_know: bool,
) -> Filling:
    """Return one filled form; without `may_know` (household no longer in scope) only the head's name is
    shown.
    """
    household, village = response.household, response.village
    people = members[household.pk] if household else []
    facts = response.members or [
        member_answers(form, member, response.surveyed_on) for member in people if not member.left_on
    ]
    known = {member.pk: member for member in people}
    if household:
        header = _household_header(form, household, people, user)
        told = [_member(form, known.get(fact["pk"]) if may_know else None, fact) for fact in facts]
    else:
        header, told = _village_header(form, village), []
    header |= {i.code: response.answers.get(i.code, header.get(i.code)) for i in form.header if i.bind}
    header |= _response_header(form, response)
    if household and not may_know:
        header |= {i.code: "" for i in form.header if i.bind in {"head.id_number", "household.phone"}}
    return Filling(
        number=household.no if household else village.code,
        header=header,
        members=told,
        answers=_answers(form, response, user),
        notes=_notes(form, response, user),
        signers=_signers(response),
        signature=_signature(response),
        mark=response.get_status_display() if response.is_draft else "",
        blank=False,
    )


def _members_of(households: Iterable[int | None]) -> dict[int, list[Member]]:
    """Return all members, former ones too, by household."""
    found: dict[int, list[Member]] = defaultdict(list)
    pks = [pk for pk in households if pk]
    for member in records_in(Member.objects.order_by("relation", "pk"), "household", pks):
        found[member.household_id].append(member)
    return found


def _household_header(form: Definition, household: Household, members: Sequence[Member], user: Cadre) -> Text:
    heads = [m for m in members if m.relation == Relation.HEAD]
    head = next((m for m in heads if m.left_on is None), heads[-1] if heads else None)
    texts = {
        "household.village": household.village.name,
        "household.phone": mask_phone(household.phone) if user.is_viewer else household.phone,
        "head.name": head.name if head else "",
        "head.id_number": head.id_masked if head else "",
        "village.division": household.village.division.name,
        "village.name": household.village.name,
    }
    return {
        item.code: texts[item.bind] if item.bind in texts else item.shown(header_answer(item, household))
        for item in form.header
        if item.bind
    }


def _village_header(form: Definition, village: Village) -> Text:
    texts = {"village.division": village.division.name, "village.name": village.name}
    return {item.code: texts[item.bind] for item in form.header if item.bind in texts}


def _response_header(form: Definition, response: Response) -> Text:
    texts = {
        "response.surveyed_on": date_cn(response.surveyed_on),
        "response.surveyor": response.surveyor.name,
        "response.unit": response.unit.name,
        "response.signed": int(response.signed),
    }
    return {item.code: texts[item.bind] for item in form.header if item.bind in texts}


def _member(form: Definition, member: Member | None, facts: Mapping[str, Any]) -> dict[str, str]:
    """Return one row of the members' table; without `member` it has neither name nor ID number."""
    own = {"member.name": member.name, "member.id_number": member.id_masked} if member else {}
    return {
        item.code: own.get(item.bind, "") if item.bind in NOT_KEPT else item.shown(facts.get(item.code))
        for item in form.members
    }


def _standing(form: Definition, household: Household) -> dict[str, Any]:
    """Return the answers that are household columns."""
    return {i.code: header_answer(i, household) or None for i in form.items if i.bind}


def _answers(form: Definition, response: Response, user: Cadre) -> dict[str, Any]:
    """Return the answers, with phones removed for viewers."""
    answers = dict(response.answers)
    if user.is_viewer:
        answers |= {i.code: i.without_phones(answers[i.code]) for i in form.asked if i.code in answers}
    return answers


def _notes(form: Definition, response: Response, user: Cadre) -> list[str]:
    messages = {rule.code: rule.message for rule in form.rules}
    notes = [f"{messages.get(code, code)}：{word}" for code, word in response.confirmed.items()]
    return [hide_phones(note) for note in notes] if user.is_viewer else notes


def _signers(response: Response) -> dict[str, str]:
    signers = {"填表人": response.surveyor.name, "日期": date_cn(response.surveyed_on)}
    if response.status == Response.Status.ACCEPTED and response.reviewed_by:
        signers["审核人"] = response.reviewed_by.name
    return signers


def _signature(response: Response) -> bytes:
    """Return the newest signature, if any."""
    newest = max(response.signatures.all(), key=lambda signature: signature.pk, default=None)
    return small_picture(newest.file, SIGNATURE_SIDE) if newest else b""
