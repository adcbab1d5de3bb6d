"""Compare the last and the present response: better, worse or otherwise changed, and the income by year."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from surveys.definition.items import Item
from surveys.definition.lineage import answers_carried, lineage
from surveys.models import Response, Survey

TURNS = {1: "变好", -1: "变差", 0: "有变化"}
ARROWS = {1: "↗", -1: "↘", 0: "→"}
ORDER = {1: 0, -1: 1, 0: 2}


class AnswerChange(NamedTuple):
    """One changed answer: before and after in words; `turn` is 1 for better, -1 for worse, 0 for neither."""

    item: Item
    before: str
    after: str
    turn: int

    @property
    def said(self) -> str:
        return f"{ARROWS[self.turn]} {TURNS[self.turn]}"


@dataclass(frozen=True)
class Difference:
    """`lines`: the changes, better ones first, then worse, then other; `same` counts the rest."""

    last: Response
    lines: Sequence[AnswerChange]
    same: int

    @property
    def better(self) -> int:
        return sum(line.turn == 1 for line in self.lines)

    @property
    def worse(self) -> int:
        return sum(line.turn == -1 for line in self.lines)

    @property
    def glance(self) -> str:
        """变好 3 项，变差 1 项，其他变化 2 项，没有变 41 项."""
        other = len(self.lines) - self.better - self.worse
        counts = [("变好", self.better), ("变差", self.worse), ("其他变化", other), ("没有变", self.same)]
        return "，".join(f"{words} {count} 项" for words, count in counts if count)

    def of(self, code: str) -> AnswerChange | None:
        return next((line for line in self.lines if line.item.code == code), None)


def difference(response: Response, last: Response | None) -> Difference | None:
    """Compare the items in both versions that were answered both times; None without an earlier response."""
    if last is None:
        return None
    before, now = answers_carried(response.survey, last), response.answers
    lines, same = [], 0
    for item in response.survey.form.items:
        pair = before.get(item.code), now.get(item.code)
        if pair[0] == pair[1]:
            same += pair[0] is not None
        elif None not in pair:
            lines.append(AnswerChange(item, item.as_typed(pair[0]), item.as_typed(pair[1]), item.turn(*pair)))
    lines.sort(key=lambda line: ORDER[line.turn])
    return Difference(last, lines, same)


def income_item(survey: Survey) -> Item | None:
    """Return the last item in 元 of which more is better: 人均纯收入 in both preset forms."""
    found = [item for item in survey.form.items if item.unit == "元" and item.better == "more"]
    return found[-1] if found else None


def incomes(responses: Sequence[Response]) -> list[tuple[int, str]]:
    """Return (survey year, income in words) of responses to any version of one form, oldest first."""
    if not responses:
        return []
    newest = max(responses, key=lambda response: response.surveyed_on)
    item = income_item(newest.survey)
    if item is None:
        return []
    codes = {pk: codes.get(item.code, "") for pk, codes in lineage(newest.survey).items()}
    found: dict[int, Any] = {}
    for response in sorted(responses, key=lambda response: response.surveyed_on):
        answer = response.answers.get(codes.get(response.survey_id, ""))
        if answer is not None:
            found[response.year] = item.as_typed(answer)
    return list(found.items())
