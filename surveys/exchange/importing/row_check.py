"""Check a row like a form page does, and attach the messages to cells."""

from collections.abc import Mapping
from typing import Any

from core.importing.columns import CLEAR, NOTHING
from core.importing.table import Table
from surveys.definition.document import Definition, Rule
from surveys.definition.items import Item
from surveys.definition.language import Expression, walk
from surveys.filling.checking import Examined, Known, clean_answers, hide, judge
from surveys.filling.facts import lacking_of_members

Stored = dict[str, Any]
REFUSED = ""
"""Placeholder for an error of a cell that is reported already."""
WORD_WANTED = "属实就在“核对说明”里写一句原因"


class Judging:
    """Checks rows. `whose` is the column for errors that belong to no answer."""

    def __init__(self, form: Definition, table: Table, whose: str) -> None:
        self.form, self.table, self.whose = form, table, whose
        self.codes = [item.code for item in form.asked if item.code in table.columns]
        self.columns = [(code, table[code]) for code in self.codes]
        code_of = {table.columns[code].label: code for code in self.codes}
        self.refused = {
            index: {code_of[said["column"]]: REFUSED for said in errors if said["column"] in code_of}
            for index, errors in table.errors.items()
        }

    def judge(self, index: int, known: Known, stored: Stored | None) -> tuple[Examined, dict[str, str]]:
        """Return the result and the confirmations of its warnings; errors go to the table."""
        refused = self.refused.get(index, {})
        answers, errors = self._given(index, known, stored)
        examined = judge(self.form, answers, {**errors, **refused}, known)
        confirmed = self._confirmed(index, examined, stored)
        for code, sentence in examined.errors.items():
            if code not in refused:
                self._refuse_answer(index, self.form.by_code[code], sentence)
        for rule in examined.broken:
            if rule.code not in confirmed:
                self._refuse_rule(index, rule)
        if lacking := lacking_of_members(self.form, known.members):
            labels = "、".join(dict.fromkeys(label for labels in lacking.values() for label in labels))
            self.table.error(index, self.whose, f"{len(lacking)} 口人缺{labels}", "先在家庭成员里补上")
        return examined, confirmed

    def _given(
        self, index: int, known: Known, stored: Stored | None
    ) -> tuple[dict[str, Any], dict[str, str]]:
        """Return the row's answers.

        An empty cell keeps the stored answer (of a draft perhaps invalid), unless the row hides its item.
        """
        cells = [(code, column[index]) for code, column in self.columns]
        given = {code: answer for code, answer in cells if answer is not NOTHING and answer is not CLEAR}
        if stored is None:
            return given, {}
        empty = [self.form.by_code[code] for code, answer in cells if answer is NOTHING]
        kept, errors = clean_answers(empty, stored["answers"])
        hidden = hide(self.form, {**kept, **given}, known)
        kept = {code: answer for code, answer in kept.items() if code not in hidden}
        return {**kept, **given}, errors

    def _confirmed(self, index: int, examined: Examined, stored: Stored | None) -> dict[str, str]:
        """Return the confirmation of each warning: the row's own, else the stored response's."""
        word = self.table.get("word", index, "")
        said: Mapping[str, str] = stored["confirmed"] if stored else {}
        words = {rule.code: word or said.get(rule.code, "") for rule in examined.warnings}
        return {code: text for code, text in words.items() if text}

    def cell(self, *codes: str) -> str:
        """Return the column for an error: the first of the items that the file has."""
        return next((code for code in codes if code in self.table.positions), self.whose)

    def _refuse_answer(self, index: int, item: Item, sentence: str) -> None:
        """Report a wrong sum at the first answer that it is computed from."""
        why, _, remedy = sentence.rstrip("。").partition("。")
        if item.calculation:
            column = self.cell(*_looked_at(item.calculation))
            self.table.error(index, column, f"算出的{item.label} {why}", self._where(item.calculation))
        else:
            self.table.error(index, self.cell(item.code), why, remedy or "补上这一格")

    def _refuse_rule(self, index: int, rule: Rule) -> None:
        where = self._where(rule.expression)
        remedy = where if rule.is_error else f"{where}；{WORD_WANTED}"
        self.table.error(index, self.cell(*_looked_at(rule.expression)), rule.message, remedy)

    def _where(self, expression: Expression) -> str:
        labels = [self.form.by_code[code].label for code in dict.fromkeys(_looked_at(expression))]
        return f"核对{'、'.join(labels or ['这户的家庭成员'])}"


def _looked_at(expression: Expression) -> list[str]:
    """Return the answers used by an expression, in order."""
    return [part[1] for part in walk(expression.tree) if part[0] == "answer"]
