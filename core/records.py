"""The base class of domain rows: optimistic locking and history."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models, transaction

from core import history, identity
from core.cells import CellError, clean_name, clean_text
from core.models import Change


class StaleRecord(Exception):
    """Another user saved the row since it was read; `stored` is the current row in the database."""

    def __init__(self, stored: "Record") -> None:
        super().__init__(f"{stored._meta.verbose_name}已被别人改过")
        self.stored = stored


def refuse(problems: Mapping[str, str | Sequence[str]]) -> None:
    """Raise ValidationError {argument: sentences} for the non-empty problems; '' and [] count as none."""
    found = {name: sentences for name, sentences in problems.items() if sentences}
    if found:
        raise ValidationError(found)


class Record(models.Model):
    """A row with history. `save` and `delete` write one Change each; bulk writes go through core.bulk."""

    untracked: ClassVar[frozenset[str]] = frozenset({"version"})
    """Bookkeeping fields that are not tracked in the history."""
    secret: ClassVar[frozenset[str]] = frozenset()
    """Fields whose values are left out of the history."""
    names: ClassVar[frozenset[str]] = frozenset()
    """Fields that hold the name of a person, unit or place."""
    clean_name: ClassVar[Callable[..., str]] = staticmethod(clean_name)
    """The cleaner of these names."""
    codes: ClassVar[frozenset[str]] = frozenset()
    """Fields with a code or telephone number: full-width digits are narrowed and spaces removed."""

    version = models.PositiveIntegerField("版本", default=1, editable=False)

    class Meta:
        abstract = True

    @classmethod
    def words_of(cls, constraint: str) -> str:
        """Return the message of a violated constraint, so that page, admin and import use the same words."""
        found = next(each for each in cls._meta.constraints if each.name == constraint)
        return str(found.violation_error_message)

    def fill(self) -> None:
        """Set derived columns (place, pinyin …); called before every write."""

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        """Clean names and codes and refuse ID numbers in text, on pages and in the admin alike."""
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
        """Hook inside the transaction that changed fields of these rows ({key: names}), one by one or in
        bulk.
        """

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save and write a Change. Raises StaleRecord when the stored version differs from the one read."""
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
        """Delete and write a Change; of two concurrent deletions only one takes effect."""
        with transaction.atomic():
            if self._stored() is None:
                return 0, {}
            history.write(self, Change.Act.DELETED, history.snapshot(self))
            return super().delete(*args, **kwargs)

    def _stored(self) -> "Record | None":
        """Return the stored row, locked until the transaction ends (SQLite locks the whole database)."""
        if self._state.adding or self.pk is None:
            return None
        return type(self)._base_manager.select_for_update().filter(pk=self.pk).first()
