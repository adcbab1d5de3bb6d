"""Names of villages: official and everyday forms."""

import re

from villages.models import Village

_COMMITTEE = re.compile(r"(?:村民委员会|村委会|村（居）委会|村\(居\)委会)$")
_RESIDENTS = re.compile(r"(?:居民委员会|居委会)$")
_ENDING = re.compile(r"(?:村|社区|居委会)$")


def short_name(official: str) -> str:
    """Shorten an official name: 刘湾村民委员会 → 刘湾村, 东关社区居民委员会 → 东关社区, 韦庄居民委员会 → 韦庄居委会.

    A residents' committee keeps 居委会, since one town may have both 东关社区 and 东关居委会.
    """
    if _COMMITTEE.search(official):
        stem = _COMMITTEE.sub("", official)
        return stem if stem.endswith("村") else f"{stem}村"
    stem = _RESIDENTS.sub("", official)
    if stem == official or stem.endswith("社区"):
        return stem
    return f"{stem}居委会"


def bare_name(name: str) -> str:
    """Return the name without its ending: 刘湾村 → 刘湾."""
    whole = short_name(name)
    return _ENDING.sub("", whole) or whole


def kind_of(name: str) -> Village.Kind:
    """Derive the kind from the official or short name."""
    if "村委会" in name or "村民委员会" in name:
        return Village.Kind.VILLAGE
    community = any(word in name for word in ("社区", "居委会", "居民委员会"))
    return Village.Kind.COMMUNITY if community else Village.Kind.VILLAGE
