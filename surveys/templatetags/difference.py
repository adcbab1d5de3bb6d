"""Template tag for the differences from last time."""

from collections.abc import Iterable
from html import escape

from django import template
from django.utils.safestring import SafeString, mark_safe

from surveys.review.difference import AnswerChange

register = template.Library()
CSS = {1: "chip ok", -1: "chip wait", 0: "chip"}


@register.simple_tag
def turn_lines(lines: Iterable[AnswerChange]) -> SafeString:
    """Return a <div> of dt and dd per line. One function, as a form has some eighty items (see `table_rows`)."""
    return mark_safe("".join(map(_line, lines)))


def _line(line: AnswerChange) -> str:
    return (
        f'<div><dt>{escape(line.item.label)}</dt><dd><span class="{CSS[line.turn]}">{line.said}</span> '
        f'<span class="quiet">{escape(line.before)}</span> → <b>{escape(line.after)}</b> '
        f"{escape(line.item.unit)}</dd></div>"
    )
