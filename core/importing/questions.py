"""Questions that a check asks the clerk, and her answers.

A question is answered once for the whole file. Its answer is text as the clerk reads it (a column's label, a
choice, 不导入), so the page, the file of `import_sheet --answers` and the stored run share one form.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from core.cells import label_key
from core.importing.columns import heading_key
from core.models import Spelling
from core.places import above

SKIP = "不导入"
EMPTY = "空着"
TOGETHER = "一起导入"
EACH, FIRST, SHARE = "每行都是", "只算第一行", "平均分到每行"
FIRST_DAY, LAST_DAY = "算第一天", "算最后一天"
HEADING_ROW, HEADINGS, WORDS, MISSING, DAYS, MERGES, HIDDEN, CONFIRMED = (
    "表头行",
    "列",
    "词",
    "缺列",
    "没写到日",
    "合并",
    "隐藏的行",
    "确认",
)
"""Sections of the answers."""
OPTIONS = "可选"
"""Section of a written question file that lists what may be chosen; ignored when it is read."""
SECTIONS: dict[str, type[Any]] = {
    HEADING_ROW: int,
    HEADINGS: dict,
    WORDS: dict,
    MISSING: dict,
    DAYS: dict,
    MERGES: dict,
    HIDDEN: str,
    CONFIRMED: list,
    OPTIONS: dict,
}
MOST_WORDS = 40
"""Words of one column that are asked about; the rows of rarer ones are listed as errors."""


class BadAnswers(ValueError):
    """The answers do not have the form of a check's questions; the message is one sentence."""


@dataclass
class ImportQuestion:
    """One question: `section` and `name` (for a word also its `column`) are the place of its answer.

    `chosen` is the answer in force, given or most likely; '' if there is none. A `must` question without an
    answer prevents the import.
    """

    section: str
    name: str = ""
    column: str = ""
    cell: str = ""
    samples: list[str] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    count: int = 0
    options: list[str] = field(default_factory=list)
    chosen: str = ""
    answered: bool = False
    must: bool = False
    why: str = ""
    typed: bool = False
    """Whether the answer is typed instead of chosen: a date."""

    @property
    def is_open(self) -> bool:
        return self.must and not self.chosen

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


class Answers:
    """The answers to one file, and the spellings that the county uses from now on."""

    def __init__(
        self,
        given: Mapping[str, Any] | None = None,
        headings: Mapping[str, str] | None = None,
        words: Mapping[tuple[str, str], str] | None = None,
    ) -> None:
        """`headings` and `words` are remembered: label by heading, replacement by (label, word)."""
        self.given = check_form(given or {})
        self._headings = dict(headings or {})
        self._words = dict(words or {})
        self._given_headings = {heading_key(k): v for k, v in self._section(HEADINGS).items()}
        self._given_words = {
            (label, label_key(word)): answer
            for label, answers in self._section(WORDS).items()
            for word, answer in answers.items()
        }

    def _section(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = self.given.get(name, {})
        return found

    @property
    def heading_row(self) -> int | None:
        """Return the row of the heading (from 0) that the clerk named."""
        row = self.given.get(HEADING_ROW)
        return row - 1 if row else None

    def heading(self, text: str) -> str:
        """Return the label of the column that a heading means, 不导入, or ''."""
        key = heading_key(text)
        return str(self._given_headings.get(key) or self._headings.get(key, ""))

    def given_heading(self, text: str) -> str:
        """Return what this file's answers say of a heading."""
        return str(self._given_headings.get(heading_key(text), ""))

    def headings(self) -> dict[str, str]:
        """Return the label or 不导入 of every known heading, by key."""
        return {**self._headings, **self._given_headings}

    def word(self, label: str, text: str) -> str:
        key = (label, label_key(text))
        return str(self._given_words.get(key) or self._words.get(key, ""))

    def is_remembered(self, label: str, text: str) -> bool:
        """Return whether a word is known from another file and not answered in this one."""
        key = (label, label_key(text))
        return key in self._words and not self._given_words.get(key)

    def missing(self, label: str) -> str:
        return str(self._section(MISSING).get(label, ""))

    def day(self, label: str) -> str:
        return str(self._section(DAYS).get(label, ""))

    def merge(self, label: str) -> str:
        return str(self._section(MERGES).get(label, ""))

    @property
    def hidden(self) -> str:
        return str(self.given.get(HIDDEN, ""))

    def confirmed(self, cell: str) -> bool:
        return cell in self.given.get(CONFIRMED, ())


def check_form(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answers without empty ones. Raises BadAnswers for a section that no check asks for."""
    checked: dict[str, Any] = {}
    for section, value in given.items():
        if section not in SECTIONS:
            raise BadAnswers(f"答案里没有“{section}”这一项，可以写：{'、'.join(SECTIONS)}。")
        if not isinstance(value, SECTIONS[section]):
            raise BadAnswers(f"答案里“{section}”的写法不对，先用 --questions 写出一份照着填。")
        if section == WORDS and not all(isinstance(answers, dict) for answers in value.values()):
            raise BadAnswers("答案里“词”要先写列名，列名下面写词和换成什么。")
        if section == HEADING_ROW and (value is True or value < 1):
            raise BadAnswers("答案里“表头行”写列名在第几行，从 1 数起。")
        if section != OPTIONS and not all(isinstance(answer, str) for answer in _texts_in(value)):
            raise BadAnswers(f"答案里“{section}”的每个答案都是加引号的文字，没有定的写空的引号。")
        if value and section != OPTIONS:
            checked[section] = value
    return checked


def _texts_in(value: Any) -> Iterator[Any]:
    """Yield every answer of a section, those of nested dictionaries too; none for a number or a text."""
    if isinstance(value, dict):
        for answer in value.values():
            yield from _texts_in(answer) if isinstance(answer, dict) else [answer]
    elif isinstance(value, list):
        yield from value


def answers_of(given: Mapping[str, Any], kind: str, place: str) -> Answers:
    """Return the answers of a run together with the spellings remembered for its county."""
    remembered = Spelling.objects.filter(place__in=above(place)).order_by("place")
    headings = {s.text: s.meaning for s in remembered if not s.column and s.kind == kind}
    words = {(s.column, s.text): s.meaning for s in remembered if s.column}
    return Answers(given, headings, words)


class Asking:
    """Collects the questions of one check and gives the answers to it."""

    def __init__(self, answers: Answers | None = None) -> None:
        self.answers = answers or Answers()
        self.questions: dict[tuple[str, str, str], ImportQuestion] = {}
        self.notes: list[str] = []
        """What was done without asking: filled merges, rows that were passed over."""

    def ask(self, question: ImportQuestion) -> ImportQuestion:
        key = (question.section, question.column, question.name)
        return self.questions.setdefault(key, question)

    def ask_word(
        self,
        label: str,
        text: str,
        options: Iterable[str],
        *,
        row: int,
        likely: str = "",
        must: bool = False,
        why: str = "",
    ) -> str:
        """Ask what a word of a column means, once for all its rows; return the answer in force or ''."""
        chosen = self.answers.word(label, text)
        question = self.ask(
            ImportQuestion(
                WORDS,
                text,
                label,
                options=list(options),
                chosen=chosen or likely,
                answered=bool(chosen),
                must=must,
                why=why,
            )
        )
        question.count += 1
        if len(question.rows) < MOST_WORDS:
            question.rows.append(row)
        return question.chosen

    def sentences(self) -> list[str]:
        """Return the notes, and the words that were replaced because the county has answered them before."""
        known = [
            f"{q.name}→{q.chosen}"
            for q in self.questions.values()
            if q.section == WORDS and self.answers.is_remembered(q.column, q.name)
        ]
        return [*self.notes, *([f"按本县记住的写法换了：{'、'.join(known)}。"] if known else [])]

    def listed(self) -> list[ImportQuestion]:
        """Return the questions, those that must be answered first; rare words of a column are left out."""
        found: list[ImportQuestion] = []
        words: dict[str, int] = {}
        for question in sorted(self.questions.values(), key=lambda q: (not q.is_open, -q.count)):
            if question.section == WORDS:
                if self.answers.is_remembered(question.column, question.name):
                    continue
                words[question.column] = words.get(question.column, 0) + 1
                if words[question.column] > MOST_WORDS and not question.is_open:
                    continue
            found.append(question)
        return found


def as_answers(questions: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return questions without an answer in the form of answers: the likely one or '' in each place.

    Under 可选 stands what each may be answered with.
    """
    form: dict[str, Any] = {}
    for question in questions:
        if question["answered"]:
            continue
        label = f"{question['column']} {question['name']}".strip() or question["section"]
        form.setdefault(OPTIONS, {})[label] = question["options"] or question["why"]
        section, name = question["section"], question["name"]
        if section == WORDS:
            form.setdefault(WORDS, {}).setdefault(question["column"], {})[name] = question["chosen"]
        elif section == CONFIRMED:
            form.setdefault(CONFIRMED, [])
        elif section == HIDDEN:
            form[HIDDEN] = question["chosen"]
        else:
            form.setdefault(section, {})[name] = question["chosen"]
    return form
