"""The head that a household is named by: an open one by its present head, a closed one by its last head."""

from typing import Any, Self, TypeVar

from django.apps import apps
from django.db import models
from django.db.models import Case, F, FilteredRelation, OuterRef, Q, QuerySet, Subquery, When

from core.scope import PlacedQuerySet
from core.search import by_name
from households.choices import Relation, Status
from units.models import Cadre

NO_HEAD = "（没有户主）"
"""Names a household without one."""

_Row = TypeVar("_Row", bound=models.Model)


class HeadedQuerySet(PlacedQuerySet[_Row, Cadre]):
    """Rows of a household, which is at `to_household` from them."""

    to_household = "household__"

    def with_head(self) -> Self:
        """Annotate `head_name`; None without a head or without a household."""
        members = f"{self.to_household}members"
        present = Q(**{f"{members}__relation": Relation.HEAD, f"{members}__left_on": None})
        head = FilteredRelation(members, condition=present)
        return self.annotate(head=head, head_name=head_column("name", self.to_household))


def head_or(row: Any, otherwise: object) -> str:
    """Name a row read `with_head` by its household's head, one without a household by something else."""
    return str((row.head_name or NO_HEAD) if row.household_id else otherwise)


def head_column(column: str, to_household: str = "") -> Case:
    """Select a column of the head, for querysets `with_head`."""
    is_open = When(**{f"{to_household}status": Status.OPEN, "then": F(f"head__{column}")})
    return Case(is_open, default=last_head(column, f"{to_household}pk"))


def last_head(column: str, household: str = "pk") -> Subquery:
    """Select a column of the household's head, or of its last one; `household` is the outer reference to it."""
    heads = _members().filter(household=OuterRef(household), relation=Relation.HEAD)
    return Subquery(heads.order_by(F("left_on").desc(nulls_first=True), "-pk").values(column)[:1])


def headed_by(name: str) -> QuerySet[Any, Any]:
    """Select the keys of households whose current or last head matches part of a name or its pinyin."""
    return _members().filter(by_name(name), relation=Relation.HEAD).values("household")


def _members() -> QuerySet[Any, Any]:
    """Return all members; their model is loaded after this module."""
    return apps.get_model("households", "Member")._default_manager.all()
