"""Every address of the site with the keys of every owner's rows, from the URL resolver and docs/permissions.md."""

import re
from collections.abc import Iterator
from itertools import islice, product
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.urls import URLPattern, URLResolver, get_resolver

from tests.attack.rows import APPS
from tests.test_access import rules

CALLED = {
    "photo": [
        *("visits.visitphoto", "visits.visitsignature", "visits.activityphoto", "visits.assistancephoto"),
        *("villages.projectphoto", "villages.villagenotefile", "surveys.responsesignature"),
    ],
    "run": ["core.importrun"],
    "pairing": ["households.householdpairing"],
    "village_pairing": ["villages.villagepairing"],
    "filling": ["surveys.response"],
    "draft": ["surveys.survey"],
    "joined": ["visits.problem"],
    "progress": ["villages.projectnote"],
    "goal": ["villages.villagegoal"],
    "note": ["villages.villagenote"],
}
"""Placeholders of the document whose names differ from their model's."""
SAMPLE = {"int": "1", "slug": "x", "str": "x", "uuid": "00000000-0000-4000-8000-000000000000", "path": "x"}


def labels_of(placeholder: str) -> list[str]:
    known = [
        f"{app}.{model._meta.model_name}" for app in APPS for model in apps.get_app_config(app).get_models()
    ]
    return CALLED.get(placeholder) or [label for label in known if label.partition(".")[2] == placeholder]


def keys_of(placeholder: str) -> list[str]:
    """Return the keys of all rows of the address's model; files are identified by their UUID."""
    found = []
    for label in labels_of(placeholder):
        model = apps.get_model(label)
        try:
            name = "uuid" if placeholder == "photo" and model._meta.get_field("uuid") else "pk"
        except FieldDoesNotExist:
            name = "pk"
        found += [str(key) for key in model._base_manager.values_list(name, flat=True).order_by("pk")]
    return found or ["1"]


def addresses() -> Iterator[tuple[str, str]]:
    """Return (name, path) of every documented address with every key; pairs of keys where it takes two."""
    for rule in rules():
        places = re.findall(r"<(\w+)>", rule.path)
        keys = [keys_of(place) for place in places]
        for chosen in islice(product(*keys), None if len(keys) < 2 else 60):
            path = rule.path
            for place, key in zip(places, chosen, strict=True):
                path = path.replace(f"<{place}>", key, 1)
            yield rule.name, path


def undocumented() -> Iterator[tuple[str, str]]:
    """Return the addresses of the resolver that the document does not name, including the admin's."""
    known = {rule.name for rule in rules()}
    for name, route in routes(get_resolver().url_patterns):
        if name not in known:
            yield name, "/" + re.sub(r"<(?:(\w+):)?\w+>", lambda m: SAMPLE.get(m[1] or "str", "x"), route)


def routes(patterns: Any, prefix: str = "") -> Iterator[tuple[str, str]]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern) and not re.search(r"[\^$(]", route):
            yield pattern.name or "", route
