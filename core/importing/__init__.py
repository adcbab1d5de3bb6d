"""Workbooks in, rows out: a check plans, an import applies the plan, an undo takes it back.

`columns` and `kinds` declare a sheet; `reading` finds its heading and cells; `checking` makes the plan,
`applying` writes it, `undoing` takes it back; `runs` is what pages, jobs and commands call.
"""
