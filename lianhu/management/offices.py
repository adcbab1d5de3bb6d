"""The account on whose behalf a command acts."""

from django.core.management.base import CommandError

from core.places import COUNTY
from units.models import Cadre
from units.roles import Role

CANNOT_RUN = 2


def find_office(phone: str) -> Cadre:
    """Return the named office account, else the county's first."""
    offices = Cadre.objects.select_related("unit__division").filter(role=Role.OFFICE, is_active=True)
    if phone:
        for name in ("phone", "staff_no"):
            if found := offices.filter(**{name: phone}).first():
                return found
        raise CommandError(f"没有手机号或工号是 {phone} 的双联办账号。", returncode=CANNOT_RUN)
    county = [cadre for cadre in offices.order_by("pk") if len(cadre.place) <= COUNTY]
    if not county:
        raise CommandError(
            "还没有县双联办账号，先运行 manage.py start，或用 --as 指定。", returncode=CANNOT_RUN
        )
    return county[0]
