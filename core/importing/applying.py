"""Apply an import plan in one transaction, or refuse it because data has changed since the check."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from core import bulk
from core.chunked_queries import rows_in
from core.history import acting
from core.importing import files
from core.importing.planning import unpack
from core.importing.sheet import Created, ImportSheet, kind_of
from core.importing.table import name_rows
from core.models import Change, ImportRow, ImportRun
from core.records import Record


class Stale(Exception):
    """Rows that the plan depends on have changed since the check; the message is one sentence."""


@dataclass
class UnpackedPlan:
    """An unpacked plan, ready to be written: all slow work is done before the transaction opens."""

    created: Created
    numbers: dict[str, list[int]]
    links: dict[str, dict[str, tuple[str, list[int | None]]]]
    updates: list[dict[str, Any]]
    leans: dict[str, dict[str, int]]
    absences: list[dict[str, Any]]


def prepare(run: ImportRun) -> UnpackedPlan:
    """Unpack the plan of a run. Raises FileNotFoundError when the plan file is deleted.

    Raises Stale when its ID numbers are encrypted under an older key: rows written with it would become
    unreadable once that key is removed.
    """
    if not files.is_current(run, files.PLAN):
        raise Stale("检查以后换过身份证号的钥匙，请重新检查一次再导入。")
    whole = unpack(files.read(run, files.PLAN))
    creations = whole["creations"]
    for update in whole["updates"]:
        update["rows"] = _rows(update.pop("columns"))
    return UnpackedPlan(
        created={c["model"]: _rows(c["columns"]) for c in creations},
        numbers={c["model"]: c["numbers"] for c in creations},
        links={c["model"]: c["links"] for c in creations},
        updates=whole["updates"],
        leans=whole["leans"],
        absences=whole["absences"],
    )


def _rows(columns: dict[str, list[Any]]) -> list[dict[str, Any]]:
    names = list(columns)
    return [dict(zip(names, values, strict=True)) for values in zip(*columns.values(), strict=True)]


def write(run: ImportRun, work: UnpackedPlan) -> None:
    """Write the whole plan or nothing. Raises Stale when a row that the plan depends on has changed."""
    sheet = kind_of(run.kind)
    try:
        with transaction.atomic(), acting(run.by_id, Change.Source.IMPORT, run.pk):
            locked = ImportRun.objects.select_for_update().get(pk=run.pk)
            if locked.status != ImportRun.Status.APPLYING:
                raise Stale("这一批已经由另一个进程处理了。")
            _write_rows(run, sheet, work)
            _finish(locked)
    except IntegrityError as error:
        raise Stale(_why_refused(error, work)) from error


def _why_refused(error: IntegrityError, work: UnpackedPlan) -> str:
    """Return the message of the broken rule, or that somebody has entered the same meanwhile."""
    labels = {*work.created, *(update["model"] for update in work.updates)}
    rules = [rule for label in labels for rule in apps.get_model(label)._meta.constraints]
    for rule in rules:
        if isinstance(rule, models.CheckConstraint) and rule.name in str(error):
            return f"有一行不合规则，没有导入：{rule.violation_error_message}请改好表格再传。"
    return "检查以后别人录入了同样的资料，请重新检查一次再导入。"


def _write_rows(run: ImportRun, sheet: ImportSheet, work: UnpackedPlan) -> None:
    sheet.before_insert(work.created)
    _refuse_stale(work)
    for update in work.updates:
        _update(update)
    for label, rows in work.created.items():
        for column, (target, places) in work.links[label].items():
            others = work.created[target]
            for row, place in zip(rows, places, strict=True):
                if place is not None:
                    row[column] = others[place]["id"]
        bulk.insert(cast(type[Record], apps.get_model(label)), rows, work.numbers[label])
    sheet.after_insert(work.created)
    main = sheet.main._meta.label_lower
    _mark_rows(run, sheet, work.created.get(main, []), work.numbers.get(main, []))


def _refuse_stale(work: UnpackedPlan) -> None:
    for label, versions in work.leans.items():
        model = apps.get_model(label)
        found = {
            row["id"]: row["version"]
            for row in rows_in(all_rows(model), "pk", map(int, versions), "id", "version")
        }
        changed = sum(found.get(int(pk)) != version for pk, version in versions.items())
        if changed:
            name = model._meta.verbose_name
            raise Stale(f"检查以后，用到的{name}有 {changed} 条被别人改过，请重新检查一次再导入。")
    for absence in work.absences:
        _refuse_present(absence)


def _refuse_present(absence: dict[str, Any]) -> None:
    model, fields = apps.get_model(absence["model"]), absence["fields"]
    missed = {tuple(value) for value in absence["values"]}
    queryset = all_rows(model).filter(**absence["where"])
    first = (value[0] for value in absence["values"])
    present = {tuple(row[f] for f in fields) for row in rows_in(queryset, fields[0], first, *fields)} & missed
    if present:
        name = model._meta.verbose_name
        raise Stale(f"检查以后，别人录入了其中 {len(present)} 条{name}，请重新检查一次再导入。")


def _update(update: dict[str, Any]) -> None:
    model = cast(type[Record], apps.get_model(update["model"]))
    rows = update["rows"]
    stored = {
        r["id"]: r["version"]
        for r in rows_in(all_rows(model), "pk", [r["id"] for r in rows], "id", "version")
    }
    numbers = [
        number
        for number, row in zip(update["numbers"], rows, strict=True)
        if stored.get(row["id"]) != row["version"]
    ]
    if numbers:
        raise Stale(f"检查以后，{name_rows(numbers)}对应的资料被别人改过，请重新检查一次再导入。")
    columns = [name for name in rows[0] if name not in {"id", "version"}]
    if bulk.update(model, columns, rows, update["changes"], update["numbers"]) != len(rows):
        # A row changed between the comparison and the write, which is possible on PostgreSQL only.
        raise Stale("检查以后，要更新的资料刚被别人改过，请重新检查一次再导入。")


def _mark_rows(
    run: ImportRun, sheet: ImportSheet, rows: Sequence[dict[str, Any]], numbers: Sequence[int]
) -> None:
    """Store in the import rows which database rows they became."""
    marks = [
        {"run_id": run.pk, "number": number, "row": row["id"], "given": sheet.given(row)}
        for row, number in zip(rows, numbers, strict=True)
    ]
    if marks:
        bulk.update_plain(ImportRow, ["row", "given"], marks, keys=("run_id", "number"))


def _finish(run: ImportRun) -> None:
    run.status, run.message = ImportRun.Status.DONE, ""
    run.applied_at = run.heartbeat_at = timezone.now()
    run.save(update_fields=["status", "message", "applied_at", "heartbeat_at"])


def all_rows(model: type[models.Model]) -> models.QuerySet[Any]:
    return model._base_manager.all()
