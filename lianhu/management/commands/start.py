"""Create a real county in an empty database."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from core.cells import CellError, clean_phone
from core.history import acting
from core.models import Change
from surveys.definition.presets import publish_presets
from units.accounts import issue_codes
from units.models import Cadre, Division, Unit, today
from units.presets import preset_limits, preset_requirements, preset_words
from units.roles import Role
from villages.county import County, CountyError, open_county, prepare_empty_database, read_county
from villages.models import Village


class Command(BaseCommand):
    help = "在空数据库上建立一个真实的县：区划、村、两张调查表、双联办的账号。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("county_code", help="县的 6 位区划代码，如 620524")
        parser.add_argument("--office-phone", required=True, help="双联办账号的手机号，用它登录")
        parser.add_argument(
            "--villages",
            type=Path,
            default=settings.BASE_DIR / "data" / "gansu_villages.csv",
            help="村级代码文件，列同 data/gansu_villages.csv",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        phone = mobile(options["office_phone"])
        county = read_county(options["villages"], options["county_code"])
        prepare_empty_database()
        with acting(None, Change.Source.COMMAND), transaction.atomic():
            open_county(county)
            preset_requirements(place=county.code, year=today().year)
            preset_words()
            preset_limits()
            publish_presets(county.code, today())
            [(_, code, until)] = issue_codes([open_office(county, phone)])
        towns = Division.objects.towns().count()
        communities = sum(village.kind == Village.Kind.COMMUNITY for village in county.villages)
        self.stdout.write(
            f"已建立{county.name}（{county.code}）：{towns} 个乡镇，{len(county.villages)} 个村，"
            f"其中社区 {communities} 个；两张调查表已发布。\n"
            f"双联办账号：{phone}\n"
            f"一次性口令：{code}（只显示这一次，{timezone.localdate(until):%Y-%m-%d} 前登录并改成自己的密码）"
        )


def mobile(text: str) -> str:
    try:
        phone = clean_phone(text)
    except CellError:
        phone = ""
    if len(phone) != 11 or not phone.startswith("1"):
        raise CountyError(f"手机号是 1 开头的 11 位数字，不能是“{text}”。")
    return phone


def open_office(county: County, phone: str) -> Cadre:
    name = f"{county.name}双联办"
    # 武山县 has a 县双联办, 武都区 a 区双联办.
    short_name = f"{county.name[-1]}双联办"
    unit = Unit.objects.create(
        name=name, short_name=short_name, code="001", division=Division.objects.get(code=county.code)
    )
    cadre = Cadre(phone=phone, name="双联办", unit=unit, role=Role.OFFICE)
    cadre.set_unusable_password()
    cadre.save()
    return cadre
