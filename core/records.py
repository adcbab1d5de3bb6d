"""The base of every domain row: a version that nobody overwrites unknowingly, and its history."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models, transaction

from core import history, identity
from core.cells import CellError, clean_name, clean_text
from core.models import Change


class StaleRecord(Exception):
    """Somebody else saved the row since it was read; `stored` is what the database holds now."""

    def __init__(self, stored: "Record") -> None:
        super().__init__(f"{stored._meta.verbose_name}已被别人改过")
        self.stored = stored


def refuse(problems: Mapping[str, str | Sequence[str]]) -> None:
    """Raise ValidationError {argument: sentences} for what has any; '' and [] are none."""
    found = {name: sentences for name, sentences in problems.items() if sentences}
    if found:
        raise ValidationError(found)


class Record(models.Model):
    """A row with history. `save` and `delete` write one Change each; bulk work goes through core.bulk."""

    untracked: ClassVar[frozenset[str]] = frozenset({"version"})
    """Fields whose changes are bookkeeping, not history."""
    secret: ClassVar[frozenset[str]] = frozenset()
    """Fields whose values never stand in the history."""
    names: ClassVar[frozenset[str]] = frozenset()
    """Fields that hold the name of a person, unit or place."""
    clean_name: ClassVar[Callable[..., str]] = staticmethod(clean_name)
    """How such a name is cleaned."""
    codes: ClassVar[frozenset[str]] = frozenset()
    """Fields that hold a code or a telephone: full-width digits and spaces are made plain."""

    version = models.PositiveIntegerField("版本", default=1, editable=False)

    class Meta:
        abstract = True

    @classmethod
    def words_of(cls, constraint: str) -> str:
        """Return what the model says of a constraint that is broken, so that page, admin and import say the same."""
        found = next(each for each in cls._meta.constraints if each.name == constraint)
        return str(found.violation_error_message)

    def fill(self) -> None:
        """Set the columns that follow from others (place, pinyin …); called before every write."""

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        """On pages and in the admin alike names are names, codes are plain, and no text holds an ID number."""
        errors: dict[str, Any] = {}
        for field in self._meta.concrete_fields:
            if isinstance(field, models.CharField | models.TextField) and field.name not in (exclude or ()):
                text = getattr(self, field.attname) or ""
                try:
                    identity.refuse_number(text)
                    if text and field.name in self.codes:
                        setattr(self, field.attname, clean_text(text).replace(" ", ""))
                    if field.name in self.names:
                        setattr(self, field.attname, self.clean_name(text))
                except CellError as error:
                    errors[field.name] = str(error)
        try:
            super().clean_fields({*(exclude or ()), *errors})
        except ValidationError as error:
            errors |= error.error_dict
        if errors:
            raise ValidationError(errors)

    @classmethod
    def after_changes(cls, changes: Mapping[int, Collection[str]]) -> None:
        """Called in the transaction that has changed these fields of these rows ({key: names}), one or in bulk."""

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Raise StaleRecord if the stored version is not the one this row was read at."""
        fields = kwargs.get("update_fields")
        if fields is not None and self.untracked.issuperset(fields):
            super().save(*args, **kwargs)
            return
        self.fill()
        with transaction.atomic():
            old = self._stored()
            if old is None:
                super().save(*args, **kwargs)
                history.write(self, Change.Act.CREATED, None)
                return
            if old.version != self.version:
                raise StaleRecord(old)
            changes = history.difference(old, self)
            if changes:
                self.version += 1
                if fields is not None:
                    kwargs["update_fields"] = {*fields, "version"}
                history.write(self, Change.Act.CHANGED, changes)
            super().save(*args, **kwargs)
            if changes:
                self.after_changes({self.pk: changes})

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Of two who delete the row at the same moment one does."""
        with transaction.atomic():
            if self._stored() is None:
                return 0, {}
            history.write(self, Change.Act.DELETED, history.snapshot(self))
            return super().delete(*args, **kwargs)

    def _stored(self) -> "Record | None":
        """Return the row as the database holds it, locked until the transaction ends (SQLite locks as a whole)."""
        if self._state.adding or self.pk is None:
            return None
        return type(self)._base_manager.select_for_update().filter(pk=self.pk).first()
