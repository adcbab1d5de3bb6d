"""The lines of a household's timeline."""

from collections.abc import Iterable
from html import escape

from django import template
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from core.templatetags.look import date_cn
from registers.timeline import Event

register = template.Library()


@register.simple_tag
def timeline_lines(events: Iterable[Event]) -> SafeString:
    """Return the <li>s, newest first, built in one function for speed (see `table_rows`)."""
    return mark_safe("".join(map(_line, events)))


def _line(event: Event) -> str:
    text = escape(event.text)
    parts = [
        f'<li class="{event.css}"><a href="{event.url}"><b>{escape(event.what)}</b></a>',
        *(
            f' <span class="{f"chip {css}" if css else "chip"}">{escape(word)}</span>'
            for css, word in event.chips
        ),
        f' <span class="quiet">{date_cn(event.on)}</span>',
        f"<p>{f'<del>{text}</del>' if event.is_void else text}</p>" if text else "",
        f'<p class="quiet">{escape(event.more)}</p>' if event.more else "",
        f'<p class="quiet">{escape(event.who)}',
        *(
            f' <a href="{reverse("file", args=[photo])}">照片 {number}</a>'
            for number, photo in enumerate(event.photos, 1)
        ),
        "</p></li>",
    ]
    return "".join(parts)
