"""Compare the rules of the models with the naive rules on a generated world."""

from random import Random
from typing import Any

from django.apps import apps

from core.models import installed
from tests.attack import naive
from tests.attack.generated import draw
from units.models import Cadre

RULES = [
    ("visible_to", naive.SEES, "sees"),
    ("editable_by", naive.EDITS, "edits"),
    ("voidable_by", naive.VOIDS, "voids"),
]


def differences(random: Random) -> list[str]:
    """Return, per person, the rows that only one of the two sets of rules lets them see or change."""
    draw(random)
    installed.cache_clear()
    facts = naive.Facts()
    return [line for user in Cadre.objects.select_related("unit") for line in of_user(facts, user)]


def of_user(facts: naive.Facts, user: Cadre) -> list[str]:
    found = []
    for method, labels, rule in RULES:
        for label in labels:
            rows: Any = apps.get_model(label)._default_manager
            product = set(getattr(rows.all(), method)(user).values_list("pk", flat=True))
            stated = {row.pk for row in facts.all(label) if getattr(facts, rule)(user, row)}
            found += [
                f"{user.role} {user.unit.place} {method} {label}: only the model" for _ in product - stated
            ]
            found += [
                f"{user.role} {user.unit.place} {method} {label}: only the text" for _ in stated - product
            ]
    return found
