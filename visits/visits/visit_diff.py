"""Compare two sendings of one form of a visit: the value on the page and the value that was stored."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from core.forms import text_of
from core.templatetags.look import date_cn
from visits.idempotency import Compared, photos_told
from visits.models import Visit
from visits.visits.outing import COLUMNS, Outing


def both_versions(sent: Outing, stored: Sequence[Visit]) -> list[Compared]:
    """Return what differs between an outing as it is sent now and as it was recorded before."""
    mine, theirs = _words(sent), _words(Outing.of(stored))
    void = "已作废" if any(visit.is_void for visit in stored) else ""
    compared = [Compared(label, mine[label], theirs[label]) for label in mine if mine[label] != theirs[label]]
    return [*compared, Compared("作废", "", void)] if void else compared


def _words(outing: Outing) -> dict[str, str]:
    return {
        "走访干部": str(outing.cadre),
        "哪天去的": _days(outing.days),
        "户编号": _listed(household.no for household in outing.households),
        "村": str(outing.village or ""),
        "为什么去": "、".join(outing.reasons),
        "谈到的八送": "、".join(outing.topics),
        "发放连心卡": "是" if outing.card_given else "",
        "同去的人": _listed(cadre.name for cadre in outing.companions),
        "照片": photos_told(len(outing.photos)),
        **_columns(outing),
    }


def _columns(outing: Outing) -> dict[str, str]:
    """Return the stored columns by label, in words."""
    fields: list[Any] = [Visit._meta.get_field(name) for name in COLUMNS]
    return {str(field.verbose_name): text_of(field, getattr(outing, field.name)) for field in fields}


def _days(days: Iterable[date]) -> str:
    first, *rest = map(date_cn, sorted(days))
    return first + (f"至{rest[-1]}" if rest else "")


def _listed(names: Iterable[str]) -> str:
    return "、".join(sorted(set(names)))
