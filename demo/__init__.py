"""The demo county: fictional people in the real villages of 武山县, drawn from a fixed seed.

`county.build` yields the rows, `loading.load` writes them. docs/demo-data.md has the distributions.
"""

from typing import NamedTuple

PASSWORD = "lianhu1085"  # noqa: S105
"""Of every demo account: the people are invented, and each page says so."""


class SampleLogin(NamedTuple):
    role: str
    phone: str
    password: str


# 160 is given to no network: nobody's telephone rings when a demo number is tapped.
OFFICE_PHONE, LEADER_PHONE, CADRE_PHONE, VIEWER_PHONE = (f"1600000000{digit}" for digit in "1234")
SAMPLE_LOGINS = [
    SampleLogin("双联办", OFFICE_PHONE, PASSWORD),
    SampleLogin("单位负责人", LEADER_PHONE, PASSWORD),
    SampleLogin("干部", CADRE_PHONE, PASSWORD),
    SampleLogin("查阅", VIEWER_PHONE, PASSWORD),
]


def is_demo() -> bool:
    """Return whether the people of this database are invented."""
    from core.models import Installation

    return Installation.objects.filter(is_demo=True).exists()
