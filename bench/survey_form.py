"""Filling the household form, against a hand-written Django form of the same 47 fields in a plain template.

Both build the form from the posted data, validate it, render it again and save the response with its history.
Ours also evaluates the cross rules, compares with last time and detects a second editor.
"""

import os
from datetime import date
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lianhu.settings")
django.setup()

from django import forms  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.http import QueryDict  # noqa: E402
from django.template import engines  # noqa: E402
from django.template.loader import get_template  # noqa: E402

from bench.timing import alternately, compare  # noqa: E402
from households.models import Household, Member  # noqa: E402
from surveys.definition.items import Item  # noqa: E402
from surveys.definition.presets import publish_presets  # noqa: E402
from surveys.definition.wording import conditions_of  # noqa: E402
from surveys.filling.forms import form_class  # noqa: E402
from surveys.filling.response_draft import Draft  # noqa: E402
from surveys.filling.rules import save_step, start  # noqa: E402
from surveys.filling.steps import Step  # noqa: E402
from surveys.models import Response, Survey  # noqa: E402
from units.models import Cadre, Division, Unit, today  # noqa: E402
from villages.models import Village  # noqa: E402

LIMIT = 2
ROUNDS = 41
COUNTY = "620524"
SENT = (
    "A01=80&A02=05&A03=1990&A04=1&A05=3&A06=05&A07=1&A08=1&A09=1&A10=01&A11=03&A12=0"
    "&B01=6.5&B02=1&B03=2&B04=1.5&B05=0&B06=&B07=1&B08=6&B09=2&B10=10&B11=0&B12=1&B13=0&B14=01&B14=02&B15={income}"
    "&C01=02&C02=1&C03=2&C04=1&C05=1800&C06=01&C06=12&C07=0&C08=0&C09=1&C10=0"
    "&D01=01&D02=06&D02=09&D03=01&D03=05&D04=1&D04=4&D05=05&D06=20000&D07=02&D08=0&D09=想养牛"
)
PLAIN = engines["django"].from_string(
    "{% for field in form %}<div>{{ field.label_tag }}{{ field }}<p>{{ field.help_text }}</p>{{ field.errors }}</div>"
    "{% endfor %}"
)
ITEMS = get_template("surveys/_items.html")
YES_NO = [("1", "是"), ("0", "否")]


def field_of(item: Item) -> forms.Field:
    """Return the field that a developer would write for an item."""
    same: dict[str, Any] = {"label": item.label, "help_text": item.help, "required": False}
    if item.type == "number":
        return forms.DecimalField(
            min_value=item.min, max_value=item.max, max_digits=15, decimal_places=item.places, **same
        )
    if item.type == "multi":
        return forms.MultipleChoiceField(
            choices=list(item.options), widget=forms.CheckboxSelectMultiple, **same
        )
    if item.type in {"single", "yesno"}:
        choices = YES_NO if item.type == "yesno" else list(item.options)
        return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **same)
    return forms.CharField(max_length=item.max, widget=forms.Textarea, **same)


def drafts() -> tuple[Response, Response]:
    """Return two drafts of this year, one for each side."""
    call_command("migrate", verbosity=0)
    publish_presets(COUNTY, today())
    county = Division.objects.create(code=COUNTY, name="武山县")
    town = Division.objects.create(code=f"{COUNTY}100", name="城关镇")
    cadre = Cadre.objects.create(
        name="李建业", phone="13800000001", unit=Unit.objects.create(name="县水务局", division=county)
    )
    village = Village.objects.create(code=f"{COUNTY}100201", name="石峰村", division=town)
    survey = Survey.objects.get(code="HH-SURVEY")
    found = []
    for number in (1, 2):
        household = Household.objects.create(village=village, no=f"{village.code}-{number:03}", size=2)
        for relation, name in (("01", "王有福"), ("02", "李秋菊")):
            Member.objects.create(
                household=household, name=name, relation=relation, sex="1", born_on=date(1960, 5, 1)
            )
        response = start(survey, household, author=cadre, cadre=cadre)
        found.append(Response.objects.whole().get(pk=response.pk))
    return found[0], found[1]


def main() -> None:
    mine, theirs = drafts()
    definition = mine.survey.form
    whole = Step(2, "全表", definition.items)
    hand_written = type("HandWritten", (forms.Form,), {i.code: field_of(i) for i in definition.items})
    incomes = iter(range(9000, 9_000_000))

    def sent() -> QueryDict:
        """Change the income each time, so that there is something to save."""
        return QueryDict(SENT.format(income=next(incomes)))

    def ours() -> None:
        response = Response.objects.whole().get(pk=mine.pk)
        draft = Draft(response)
        form = form_class(whole)(sent(), before=draft.before, conditions=conditions_of(definition))
        stored = save_step(response, whole, form.sent(), seen=draft.mark(whole))
        if Draft(stored).examined.errors:
            raise SystemExit("ours is refused")
        ITEMS.render({"questions": form.questions(), "since": "上次"})

    def rival() -> None:
        response = Response.objects.whole().get(pk=theirs.pk)
        form = hand_written(sent())
        if not form.is_valid():
            raise SystemExit("the hand-written form is refused")
        response.answers = form.cleaned_data
        response.save()
        PLAIN.render({"form": form})

    mine_took, other_took = alternately(ours, rival, rounds=ROUNDS)
    compare("survey-form", LIMIT, mine_took, other_took, "a hand-written form")


if __name__ == "__main__":
    main()
