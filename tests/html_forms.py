"""The forms of a page as a browser would send them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

Attributes = dict[str, str | None]
CHOICES = {"checkbox", "radio", "hidden"}
NOT_SENT = {"submit", "reset", "button", "file"}


@dataclass
class PageForm:
    """A form that is posted: where to, what it would send as it stands, and which fields take a choice."""

    action: str
    values: dict[str, list[str]] = field(default_factory=dict)
    options: dict[str, list[str]] = field(default_factory=dict)
    """What each field that is chosen, ticked or hidden offers."""

    def put(self, name: str, value: str, *, is_choice: bool, sent: bool) -> None:
        self.values.setdefault(name, [])
        if sent:
            self.values[name].append(value)
        if is_choice:
            self.options.setdefault(name, []).append(value)

    def takes_keys(self, name: str) -> bool:
        """Whether a field may take the key of a row: not one that is typed, nor one of codes such as 01 or home."""
        codes = [value for value in self.options.get(name, ()) if value]
        return name in self.options and not any(c[0] == "0" or not c.isdecimal() for c in codes)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[PageForm] = []
        self.others: list[tuple[str, PageForm]] = []
        self.form: PageForm | None = None
        self.select = self.area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name, value = given.get("name") or "", given.get("value")
        if tag == "form":
            self.form = PageForm(given.get("action") or "") if given.get("method") == "post" else None
            self.forms += [self.form] if self.form else []
        elif self.form is None:
            return
        elif tag == "button" and given.get("formaction"):
            self.others.append((given["formaction"] or "", self.form))
        elif tag == "select" and name:
            self.select = name
            self.form.put(name, "", is_choice=True, sent=False)
        elif tag == "option" and self.select:
            self.form.put(self.select, value or "", is_choice=True, sent="selected" in given)
        elif tag == "textarea" and name:
            self.area = name
            self.form.put(name, "", is_choice=False, sent=False)
        elif tag == "input" and name and name != "csrfmiddlewaretoken":
            kind = given.get("type") or "text"
            if kind not in NOT_SENT:
                sent = kind not in {"checkbox", "radio"} or "checked" in given
                self.form.put(name, value or "", is_choice=kind in CHOICES, sent=sent)

    def handle_data(self, data: str) -> None:
        if self.area and self.form and data.strip():
            self.form.put(self.area, data.strip("\n"), is_choice=False, sent=True)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = None
        elif tag == "select":
            self.select = ""
        elif tag == "textarea":
            self.area = ""


def forms_of(html: str) -> Iterator[PageForm]:
    """Every form that is posted; one with buttons that lead elsewhere once for each of these."""
    reader = _Reader()
    reader.feed(html)
    yield from reader.forms
    for action, form in reader.others:
        yield PageForm(action, form.values, form.options)
