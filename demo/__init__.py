"""The demo county: fictional people in the real villages of 武山县, drawn from a fixed seed.

`county.build` yields the rows, `loading.load` writes them. docs/demo-data.md lists the distributions.
"""

from typing import NamedTuple

PASSWORD = "lianhu1085"  # noqa: S105
"""Password of every demo account; the people are fictional, and each page says so."""


class SampleLogin(NamedTuple):
    role: str
    phone: str
    password: str


# No network uses the prefix 160, so calling a demo number reaches nobody.
OFFICE_PHONE, LEADER_PHONE, CADRE_PHONE, VIEWER_PHONE = (f"1600000000{digit}" for digit in "1234")
SAMPLE_LOGINS = [
    SampleLogin("双联办", OFFICE_PHONE, PASSWORD),
    SampleLogin("单位负责人", LEADER_PHONE, PASSWORD),
    SampleLogin("干部", CADRE_PHONE, PASSWORD),
    SampleLogin("查阅", VIEWER_PHONE, PASSWORD),
]


def is_demo() -> bool:
    """Return whether this database holds demo data."""
    from core.models import Installation

    return Installation.objects.filter(is_demo=True).exists()
