"""Preview the changes that an import will make."""

from django.apps import apps

from core.display import FieldChange, fields_of, lines_of, names_in
from core.importing import files
from core.importing.planning import unpack
from core.importing.sheet import kind_of
from core.models import ImportRun


def coming_changes(run: ImportRun, limit: int) -> list[tuple[int, FieldChange]]:
    """Return (row number, change) of the first `limit` rows that change something.

    Return an empty list if the plan file no longer exists.
    """
    try:
        updates = unpack(files.read(run, files.PLAN))["updates"]
    except FileNotFoundError:
        return []
    numbers = sorted({number for update in updates for number in update["numbers"]})[:limit]
    sheet, told = kind_of(run.kind), []
    for update in updates:
        fields = fields_of(apps.get_model(update["model"]))
        pairs = zip(update["numbers"], update["changes"], strict=True)
        rows = [(number, changes) for number, changes in pairs if numbers and number <= numbers[-1]]
        ours = update["model"] == sheet.main._meta.label_lower
        field_lines = sheet.field_lines(update["columns"]["id"][:1]) if ours else {}
        names = names_in(fields, [changes for _, changes in rows])
        told += [
            (number, line)
            for number, changes in rows
            for line in lines_of(fields, changes, names, told=field_lines)
        ]
    return sorted(told, key=lambda pair: pair[0])
