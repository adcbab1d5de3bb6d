"""The forms of a page as a browser would send them."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import html

CHOICES = {"checkbox", "radio", "hidden"}


@dataclass(frozen=True)
class PageForm:
    """A POST form: its target, its data if sent unchanged, and the fields that take a choice."""

    action: str
    values: dict[str, list[str]]
    """The submitted values by field name; empty for an unticked box."""
    options: dict[str, list[str]]
    """The choices of each select, tick box and hidden field."""

    def takes_keys(self, name: str) -> bool:
        """Return whether a field may take a row's key, unlike typed fields and fixed codes such as 01 or home."""
        codes = [value for value in self.options.get(name, ()) if value]
        return name in self.options and not any(c[0] == "0" or not c.isdecimal() for c in codes)


def posted(page: str) -> list[html.FormElement]:
    """Return the forms of a page that are sent by POST."""
    forms: list[html.FormElement] = html.document_fromstring(page or "<html>").forms
    return [form for form in forms if form.method == "POST"]


def forms_of(page: str) -> Iterator[PageForm]:
    """Return every POST form; one whose buttons have their own targets, once for each target."""
    for form in posted(page):
        values, options = values_of(form), options_of(form)
        for action in [form.get("action", ""), *form.xpath(".//button/@formaction")]:
            yield PageForm(str(action), values, options)


def values_of(form: html.FormElement) -> dict[str, list[str]]:
    values: dict[str, list[str]] = {field.name: [] for field in form.inputs if field.name}
    for name, value in form.form_values():
        values[name].append(value.removeprefix("\n"))  # a browser drops the first line break of a textarea
    values.pop("csrfmiddlewaretoken", None)
    return values


def options_of(form: html.FormElement) -> dict[str, list[str]]:
    options: dict[str, list[str]] = defaultdict(list)
    for field in form.inputs:
        if isinstance(field, html.SelectElement):
            options[field.name] += field.value_options
        elif field.get("type") in CHOICES:
            options[field.name].append(field.get("value", ""))
    return dict(options)
