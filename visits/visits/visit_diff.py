"""The form of a visit that comes a second time with other content: both versions side by side."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from core.templatetags.look import date_cn
from visits.idempotency import Compared, photos_told
from visits.models import Visit
from visits.visits.forms import VisitForm


def both_versions(form: VisitForm, stored: Sequence[Visit]) -> list[Compared]:
    """What differs between the form as it stands and what it recorded before."""
    mine, theirs = _of_form(form), _of_rows(stored)
    return [Compared(label, mine[label], theirs[label]) for label in mine if mine[label] != theirs[label]]


def _of_form(form: VisitForm) -> dict[str, str]:
    data = form.cleaned_data
    return {
        "走访干部": str(form.cadre),
        "哪天去的": _days(data["days"]),
        "户编号": _listed(household.no for household in data["households"]),
        "村": str(data["village"] or ""),
        "做什么": Visit.Kind(data["kind"]).label,
        "为什么去": "、".join(data["reasons"]),
        "谈到的八送": "、".join(data["topics"]),
        "发放连心卡": "是" if data["card_given"] else "",
        "谈了什么、办了什么": data["content"],
        "约下次": _joined(data["promised_on"], data["promise"]),
        "同去的人": _listed(cadre.name for cadre in data["companions"]),
        "照片": photos_told(len(data["photos"])),
        "作废": "",
    }


def _of_rows(stored: Sequence[Visit]) -> dict[str, str]:
    first = stored[0]
    people = {companion.cadre.name for companion in first.companions.select_related("cadre")}
    return {
        "走访干部": str(first.cadre),
        "哪天去的": _days({visit.visited_on for visit in stored}),
        "户编号": _listed({visit.household.no for visit in stored if visit.household}),
        "村": str(first.village or "") if first.household is None else "",
        "做什么": first.get_kind_display(),
        "为什么去": first.reasons,
        "谈到的八送": first.topics,
        "发放连心卡": "是" if any(visit.card_given for visit in stored) else "",
        "谈了什么、办了什么": first.content,
        "约下次": _joined(first.promised_on, first.promise),
        "同去的人": _listed(people),
        "照片": photos_told(sum(len(visit.photos.all()) for visit in stored)),
        "作废": "已作废" if any(visit.is_void for visit in stored) else "",
    }


def _days(days: Iterable[date]) -> str:
    first, *rest = map(date_cn, sorted(days))
    return first + (f"至{rest[-1]}" if rest else "")


def _listed(names: Iterable[str]) -> str:
    return "、".join(sorted(names))


def _joined(*parts: Any) -> str:
    return " ".join(str(part) for part in parts if part)
