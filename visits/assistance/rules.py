"""帮扶实事: record help, split it into the shares of households to the 分, correct and void it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction

from core import bulk
from core.records import StaleRecord
from households.closing import problem_of_closing
from households.models import Household
from units.days import problem_of_day
from units.models import Cadre
from units.unit_history import Postings
from villages.models import FundSource, Project, Village
from visits.assistance.amounts import FEN
from visits.idempotency import RefTaken, SameRef, differing
from visits.models import Assistance, AssistancePhoto, AssistanceShare, Problem, Visit

NOTHING = Decimal(0)
SAME = [
    "kind",
    "given_on",
    "content",
    "goods",
    "goods_unit",
    "source",
    "village_id",
    "cadre_id",
    "problem_id",
    "visit_id",
    "project_id",
    "result",
]
"""Columns that make two submissions of a form the same, beside amounts, shares and photos."""


class Worth(NamedTuple):
    """Amounts: 元, number and value of goods, people trained."""

    cash: Decimal = NOTHING
    quantity: Decimal = NOTHING
    goods_value: Decimal = NOTHING
    loan: Decimal = NOTHING
    people: int = 0


MOST = Worth(
    cash=Decimal("9999999999.99"),
    quantity=Decimal("99999999.99"),
    goods_value=Decimal("9999999999.99"),
    loan=Decimal("9999999999.99"),
    people=100_000_000,
)
"""The largest amounts that the columns hold."""


def split(whole: Worth, count: int) -> list[Worth]:
    """Return equal shares that add up to the whole; the first takes the remainder. Whole goods stay whole."""
    goods = Decimal(1) if whole.quantity == int(whole.quantity) else FEN
    steps: dict[str, Any] = {"cash": FEN, "quantity": goods, "goods_value": FEN, "loan": FEN, "people": 1}
    first, others = Worth(), Worth()
    for name, step in steps.items():
        amount = getattr(whole, name)
        each = amount // (step * count) * step
        others = others._replace(**{name: each})
        first = first._replace(**{name: amount - each * (count - 1)})
    return [first, *[others] * (count - 1)]


def together(parts: Sequence[Worth]) -> Worth:
    """Return the sum of some shares."""
    return Worth(*(sum(getattr(part, name) for part in parts) for name in Worth._fields))


@dataclass(frozen=True, kw_only=True)
class GivenHelp:
    """One item of help to households of one village, or to a village without any. `cadre` gave it, else the author.

    Of the `whole` each household gets an equal part; or each gets its `own` (in the order of `households`) and the
    whole is their sum. `ref` is the idempotency key of the form.
    """

    ref: UUID
    author: Cadre
    kind: str
    given_on: date
    content: str
    whole: Worth | None = None
    own: Sequence[Worth] | None = None
    households: Sequence[Household] = ()
    village: Village | None = None
    goods: str = ""
    goods_unit: str = ""
    source: str = FundSource.UNIT
    cadre: Cadre | None = None
    problem: Problem | None = None
    visit: Visit | None = None
    project: Project | None = None
    result: str = ""
    photos: Sequence[ContentFile[bytes]] = ()

    @property
    def giver(self) -> Cadre:
        return self.cadre or self.author

    @property
    def place(self) -> Village | None:
        return self.households[0].village if self.households else self.village

    @property
    def shares(self) -> dict[int, Worth]:
        """Return what each household gets, by its key."""
        keys = [household.pk for household in self.households]
        if not keys:
            return {}
        parts = split(self.whole or Worth(), len(keys)) if self.own is None else self.own
        return dict(zip(keys, parts, strict=True))

    @property
    def amounts(self) -> Worth:
        return together(list(self.shares.values())) if self.households else self.whole or Worth()

    def faults(self) -> dict[str, str]:
        """Return why it must not be recorded, a sentence for each field."""
        place, project, problem = self.place, self.project, self.problem
        if place is None:
            return {"households": "请勾选给了哪一户；给全村的，请选是哪个村。"}
        several = len({household.village_id for household in self.households}) > 1
        elsewhere = self.village not in (None, place)
        faults = {
            "given_on": problem_of_day(self.given_on) or problem_of_closing(self.households, self.given_on),
            "households": "勾选的户不在一个村，请一个村记一项。" if several else "",
            "village": "勾选的户不是这个村的，请改村，或者改勾选的户。" if elsewhere else "",
            "goods": "填了数量，要写是什么物资。" if self.amounts.quantity and not self.goods else "",
            "project": "这个项目是别的村的，请重新选。" if project and project.village_id != place.pk else "",
            "problem": "这件诉求是别的村的，请重新选。" if problem and problem.village_id != place.pk else "",
        }
        found = {name: sentence for name, sentence in faults.items() if sentence}
        return found | _out_of_bounds(self.amounts, *self.shares.values())


def record_assistance(given: GivenHelp) -> Assistance:
    """Store an item of help with its shares, and return it.

    A form sent twice is recorded once. Raises ValidationError {field: sentence}, SameRef if the ref came with other
    content, RefTaken if it is another author's.
    """
    if faults := given.faults():
        raise ValidationError(faults)
    draft, shares, photos = _draft(given), given.shares, given.photos
    try:
        with transaction.atomic():
            return _sent_before(draft, shares, len(photos)) or _save(draft, shares, photos)
    except IntegrityError:
        # Two taps at once: the other one wrote between our look and our write.
        if stored := _sent_before(draft, shares, len(photos)):
            return stored
        raise


def _draft(given: GivenHelp) -> Assistance:
    unit, rank = Postings([given.giver], given.given_on).on(given.giver, given.given_on)
    same = ("ref", "kind", "given_on", "content", "goods", "goods_unit", "source", "result")
    links = ("problem", "visit", "project")
    return Assistance(
        village=given.place,
        cadre=given.giver,
        unit_id=unit,
        rank=rank,
        entered_by=given.author,
        **{name: getattr(given, name) for name in (*same, *links)},
        **given.amounts._asdict(),
    )


def _out_of_bounds(*worths: Worth) -> dict[str, str]:
    """Return an error for each amount that its column cannot hold."""
    found = {}
    for name, most in MOST._asdict().items():
        figures = [getattr(worth, name) for worth in worths]
        if min(figures) < 0:
            found[name] = "不能是负数。"
        elif max(figures) > most:
            found[name] = f"各户加起来太大，最多 {most:,}，请核对。"
    return found


def _sent_before(draft: Assistance, shares: Mapping[int, Worth], photos: int) -> Assistance | None:
    stored = Assistance.objects.select_related("village").filter(ref=draft.ref).first()
    if stored is None:
        return None
    if stored.entered_by_id != draft.entered_by_id:
        raise RefTaken
    rows = differing(draft, stored, [*SAME, *Worth._fields], photos)
    if rows or shares_of(stored) != shares:
        raise SameRef([stored], rows)
    return stored


def shares_of(item: Assistance) -> dict[int, Worth]:
    """Return the share of each household, by key."""
    return {share.household_id: worth_of(share) for share in item.shares.order_by("pk")}


def worth_of(row: Assistance | AssistanceShare) -> Worth:
    return Worth._make(getattr(row, name) for name in Worth._fields)


def _save(
    assistance: Assistance, shares: Mapping[int, Worth], photos: Sequence[ContentFile[bytes]]
) -> Assistance:
    assistance.save()
    rows: list[dict[str, Any]] = [
        {"assistance_id": assistance.pk, "household_id": household, **share._asdict()}
        for household, share in shares.items()
    ]
    bulk.insert(AssistanceShare, rows)
    for photo in photos:
        AssistancePhoto.objects.create(owner=assistance, file=photo, size=photo.size)
    return assistance


@transaction.atomic
def correct(
    item: Assistance,
    *,
    version: int,
    given_on: date,
    source: str,
    whole: Worth,
    households: Sequence[Household] = (),
    own: Sequence[Worth] = (),
    goods: str = "",
    goods_unit: str = "",
) -> None:
    """Correct date and source of an item, its amounts, and the share of each household.

    The whole is the sum of `own` (in the order of `households`), or `whole` without households. Unit and
    rank become those of the cadre on `given_on`. Each row that differs gets one Change; the item's version
    rises with every correction, also of a share alone. Raises ValidationError {field: sentence},
    StaleRecord if the version differs.
    """
    rows = Assistance.objects.select_for_update(of=("self",)).select_related("village", "cadre", "entered_by")
    stored = rows.get(pk=item.pk)
    if stored.version != version:
        raise StaleRecord(stored)
    given = GivenHelp(
        ref=stored.ref,
        author=stored.entered_by,
        cadre=stored.cadre,
        kind=stored.kind,
        content=stored.content,
        given_on=given_on,
        whole=whole,
        own=own if households else None,
        households=households,
        village=stored.village,
        goods=goods,
    )
    problems = given.faults()
    if not households and stored.shares.exists():
        problems["households"] = "至少留一户；都给错了的，请作废另记。"
    if stored.is_void:
        problems[NON_FIELD_ERRORS] = "这笔帮扶刚刚作废了，不能再改。"
    if problems:
        raise ValidationError(problems)
    stored.given_on, stored.source = given_on, source
    stored.unit_id, stored.rank = Postings([stored.cadre], given_on).on(stored.cadre, given_on)
    stored.goods, stored.goods_unit = goods, goods_unit
    for name, amount in given.amounts._asdict().items():
        setattr(stored, name, amount)
    stored.save()
    changed = _rewrite(stored, given.shares)
    if changed and stored.version == version:
        stored.version += 1
        stored.save(update_fields=["version"])


def _rewrite(item: Assistance, parts: Mapping[int, Worth]) -> bool:
    """Make the shares equal `parts` (by household key); return whether any differed."""
    stored = {share.household_id: share for share in item.shares.all()}
    gone = [share.pk for household, share in stored.items() if household not in parts]
    fresh: list[dict[str, Any]] = [
        {"assistance_id": item.pk, "household_id": household, **part._asdict()}
        for household, part in parts.items()
        if household not in stored
    ]
    rows, changes = [], []
    for household, share in stored.items():
        old, new = worth_of(share), parts.get(household)
        if new is not None and new != old:
            rows.append({"id": share.pk, "version": share.version, **new._asdict()})
            pairs = zip(Worth._fields, old, new, strict=True)
            changes.append({name: [before, after] for name, before, after in pairs if before != after})
    if gone:
        bulk.delete(AssistanceShare, gone)
    if rows:
        bulk.update(AssistanceShare, Worth._fields, rows, changes)
    if fresh:
        bulk.insert(AssistanceShare, fresh)
    return bool(gone or rows or fresh)
