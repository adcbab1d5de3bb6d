"""Row-level access: which rows of a place a user sees and edits.

An office and a viewer see every row of their place, and an office edits them. A model adds what its leaders and
cadres see and edit; docs/permissions.md lists the rules.
"""

from typing import Generic, Protocol, Self, TypeVar

from django.db import models

from core.places import under


class PlacedUser(Protocol):
    """A user with a place and a role, as the row-scope rule needs one."""

    @property
    def place(self) -> str: ...

    @property
    def is_office(self) -> bool: ...

    @property
    def sees_place(self) -> bool: ...


_Row = TypeVar("_Row", bound=models.Model)
_User = TypeVar("_User", bound=PlacedUser)


class PlacedQuerySet(models.QuerySet[_Row], Generic[_Row, _User]):
    """Rows that belong to a place, in `place_field`."""

    place_field = "place"

    def in_place_of(self, user: _User) -> Self:
        """Return the rows under the user's place, whatever the user's role."""
        return self.filter(under(user.place, self.place_field))

    def of_office(self, user: _User) -> Self:
        """Return the rows of an office's place, none for other roles."""
        return self.in_place_of(user) if user.is_office else self.none()

    def visible_to(self, user: _User) -> Self:
        return self.in_place_of(user) if user.sees_place else self._visible_to_others(user)

    def editable_by(self, user: _User) -> Self:
        return self.of_office(user) if user.sees_place else self._editable_by_others(user)

    def _visible_to_others(self, user: _User) -> Self:
        """Return the rows that a leader or cadre sees."""
        return self.none()

    def _editable_by_others(self, user: _User) -> Self:
        """Return the rows that a leader or cadre edits."""
        return self.none()
