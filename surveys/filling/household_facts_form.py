"""The form of a household's standing facts, shown and corrected on the first step, with history."""

from typing import Any

from core.forms import RecordForm
from households.forms import MemberForm, PhoneField
from households.models import Household, Member
from surveys.definition.document import Definition
from surveys.definition.items import Item
from surveys.models import Response
from units.models import Cadre
from villages.models import Village

COLUMNS = ("group", "phone", "size")
"""Household columns that header items are bound to and that a survey may correct."""


def may_correct(user: Cadre, response: Response) -> bool:
    """Return whether a survey may show and correct the household's facts.

    The household must be in the current scope of the reader, or of the surveyor for whom the reader types.
    Permission to edit the response is checked before.
    """
    if response.household is None:
        return False
    there = Household.objects.filter(pk=response.household.pk)
    return there.visible_to(user).exists() or there.visible_to(response.surveyor).exists()


class FactsForm(RecordForm[Household]):
    """The household facts in the header that the survey uses."""

    phone = PhoneField(required=False, max_length=20)

    class Meta:
        model = Household
        fields = COLUMNS

    def __init__(self, *args: Any, definition: Definition, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in COLUMNS:
            item = next((item for item in definition.header if item.bind == f"household.{name}"), None)
            if item is None:
                del self.fields[name]
            elif item.required:
                self.fields[name].required = True


class SurveyedMemberForm(MemberForm):
    """A member with the facts that the survey requires."""

    def __init__(self, *args: Any, definition: Definition, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = (item.bind.removeprefix("member.") for item in definition.members if item.required)
        self.needed = [name for name in names if name in self.fields]
        for name in self.needed:
            self.fields[name].required = True

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        for name in self.needed:
            if name in data and data[name] is None:  # an unanswered yes/no question is not an error here
                self.add_error(name, "这一项要填。")
        return data


def header_facts(definition: Definition, response: Response, head: Member | None) -> list[tuple[str, str]]:
    """Return (label, text) of the read-only header facts."""
    pairs = [(item.label, _header_fact(item, response, head)) for item in definition.header]
    return [(label, words) for label, words in pairs if words]


def _header_fact(item: Item, response: Response, head: Member | None) -> str:
    owner, _, name = item.bind.partition(".")
    if owner == "head":
        return {"name": head.name, "id_number": head.id_masked}[name] if head else ""
    if owner == "response" and name in {"surveyor", "unit"}:
        return str(getattr(response, name))
    if item.bind == "household.no":
        return str(response.household)
    village: Village = response.village
    return {
        "village.division": str(village.division),
        "village.name": village.name,
        "household.village": village.name,
    }.get(item.bind, "")
