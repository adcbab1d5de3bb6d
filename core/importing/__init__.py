"""Workbook imports: a check makes a plan, an import applies it, an undo reverts it.

`columns` and `sheet` declare a kind of sheet; `heading` finds the heading row and the cells; `checking`
makes the
plan, `applying` writes it, `undoing` reverts it; `runs` is the interface for pages, jobs and commands.
"""
