"""Undo an import completely or not at all, as long as nothing depends on its rows."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, cast

from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from core import bulk
from core.chunked_queries import chunks, records_in, rows_in
from core.history import acting
from core.importing.applying import all_rows
from core.importing.sheet import ImportSheet, kind_of
from core.importing.table import name_rows
from core.models import Change, ImportRun
from core.records import Record

Relation = models.ForeignObjectRel


class CannotUndo(Exception):
    """The reason and the rows that prevent an undo, in one sentence."""


def refuse_built_on(run: ImportRun) -> None:
    """Raise CannotUndo when a row was changed since, or when another row refers to a created one."""
    own = _changes(run)
    later = Change.objects.filter(table=OuterRef("table"), row=OuterRef("row"), pk__gt=OuterRef("pk"))
    changed = list(own.filter(Exists(later)).values_list("number", "table"))
    if places := [number for number, _ in changed if number]:
        raise CannotUndo(f"不能撤销：{name_rows(places)}导入后又被改过。")
    if changed:
        # A derived row without a row in the sheet.
        name = apps.get_model(changed[0][1])._meta.verbose_name
        raise CannotUndo(f"不能撤销：随这次导入改动的{name}，后来又改过。")
    created = _created(run)
    for label, numbers in created.items():
        for relation in _relations(apps.get_model(label)):
            _refuse_referred(relation, numbers, created)


def undo(run: ImportRun, by: Any) -> None:
    """Restore what the run changed and delete what it created, in one transaction."""
    try:
        with transaction.atomic(), acting(by.pk, Change.Source.UNDO, run.pk):
            locked = ImportRun.objects.select_for_update().get(pk=run.pk)
            if locked.status != ImportRun.Status.UNDOING:
                raise CannotUndo("这一批已经由另一个进程处理了。")
            _lock_rows(run)
            refuse_built_on(run)
            sheet, created = kind_of(run.kind), _created(run)
            gone = _traces(sheet, created)
            # Delete first: a created row may occupy a unique value that a restored row needs.
            _delete_created(created)
            _put_back(run)
            sheet.after_undo(gone)
            locked.status, locked.message = ImportRun.Status.UNDONE, ""
            locked.undone_at = locked.heartbeat_at = timezone.now()
            locked.save(update_fields=["status", "message", "undone_at", "heartbeat_at"])
    except IntegrityError as error:
        raise CannotUndo("不能撤销：恢复原来的资料会和后来录入的冲突。") from error


def _lock_rows(run: ImportRun) -> None:
    """Lock the rows, so that concurrent edits are waited for and then detected."""
    touched: dict[str, set[int]] = defaultdict(set)
    for table, row in _changes(run).values_list("table", "row"):
        touched[table].add(row)
    for table, pks in sorted(touched.items()):
        for chunk in chunks(sorted(pks)):
            rows = apps.get_model(table)._base_manager.select_for_update().filter(pk__in=chunk)
            list(rows.order_by("pk").values_list("pk"))


def _changes(run: ImportRun) -> models.QuerySet[Change]:
    return Change.objects.filter(run=run, source=Change.Source.IMPORT)


def _created(run: ImportRun) -> dict[str, dict[int, int]]:
    """Return {model label: {primary key: sheet row number}}, in the order of writing."""
    created: dict[str, dict[int, int]] = defaultdict(dict)
    rows = _changes(run).filter(act=Change.Act.CREATED).order_by("pk").values_list("table", "row", "number")
    for table, row, number in rows:
        created[table][row] = number or 0
    return created


def _relations(model: type[models.Model]) -> Iterator[Relation]:
    """Yield every foreign key to the model, hidden ones too."""
    for found in model._meta.get_fields(include_hidden=True):
        if found.auto_created and not found.concrete and (found.one_to_many or found.one_to_one):
            yield cast(Relation, found)


def _is_bookkeeping(relation: Any) -> bool:
    """Return whether rows behind a relation may be deleted with their owner: hidden and cascading."""
    return bool(relation.hidden and relation.on_delete is models.CASCADE)


def _refuse_referred(relation: Any, numbers: dict[int, int], created: dict[str, dict[int, int]]) -> None:
    if _is_bookkeeping(relation):
        return
    model, column = relation.related_model, relation.field.attname
    own = created.get(model._meta.label_lower, {})
    referred: set[int] = set()
    for chunk in chunks(numbers):
        rows = model._base_manager.filter(**{f"{column}__in": chunk}).values_list("pk", column)
        referred.update(target for pk, target in rows if pk not in own)
    if referred:
        where = name_rows(numbers[pk] for pk in referred)
        raise CannotUndo(f"不能撤销：{where}新增的资料上已经有了{model._meta.verbose_name}。")


def _put_back(run: ImportRun) -> None:
    changed: dict[str, dict[int, dict[str, list[Any]]]] = defaultdict(dict)
    for change in _changes(run).filter(act=Change.Act.CHANGED).iterator():
        changed[change.table][change.row] = change.changes or {}
    for label, changes in changed.items():
        model = cast(type[Record], apps.get_model(label))
        for chunk in chunks(changes, 2000):
            _put_back_rows(model, chunk, changes)


def _put_back_rows(model: type[Record], pks: Sequence[int], changes: dict[int, dict[str, list[Any]]]) -> None:
    records = list(model._base_manager.filter(pk__in=pks))
    fields = {f.name: f for f in model._meta.concrete_fields}
    history_rows, columns = [], {f.attname for f in model._meta.concrete_fields if f.name in model.untracked}
    for record in records:
        was: dict[str, list[Any]] = {}
        for name, (before, _after) in changes[record.pk].items():
            field: Any = fields[name]
            was[name] = [getattr(record, field.attname), field.to_python(before)]
            setattr(record, field.attname, was[name][1])
            columns.add(field.attname)
        history_rows.append(was)
    _fill(model, records)
    columns -= {"version"}
    rows = [{"id": r.pk, "version": r.version, **{c: getattr(r, c) for c in columns}} for r in records]
    bulk.update(model, sorted(columns), rows, history_rows)


def _fill(model: type[Record], records: Sequence[Record]) -> None:
    """Set derived columns, reading the rows they depend on with set queries."""
    for field in model._meta.concrete_fields:
        if isinstance(field, models.ForeignKey):
            keys = {key for record in records if (key := getattr(record, field.attname)) is not None}
            related = {row.pk: row for row in records_in(all_rows(field.related_model), "pk", keys)}
            for record in records:
                if getattr(record, field.attname) in related:
                    field.set_cached_value(record, related[getattr(record, field.attname)])
    for record in records:
        record.fill()


def _traces(sheet: ImportSheet, created: dict[str, dict[int, int]]) -> list[dict[str, Any]]:
    if not sheet.traces:
        return []
    model = sheet.traced or sheet.main
    pks = created.get(model._meta.label_lower, {})
    return list(rows_in(all_rows(model), "pk", pks, *sheet.traces))


def _delete_created(created: dict[str, dict[int, int]]) -> None:
    for label in reversed(list(created)):
        model, pks = cast(type[Record], apps.get_model(label)), list(created[label])
        for relation in _relations(model):
            if _is_bookkeeping(relation):
                follower: Any = relation.related_model
                for chunk in chunks(pks):
                    follower._base_manager.filter(**{f"{relation.field.attname}__in": chunk}).delete()
        bulk.delete(model, pks)
