"""Export the data set or the form of a survey to a file, like its page."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.downloads import note_download
from lianhu.management.offices import CANNOT_RUN, find_office
from surveys.exchange.export import DataSet
from surveys.exchange.xlsform import write_xlsform
from surveys.models import Survey
from units.models import Cadre

NO_ROWS = 1
FORMATS = ("xlsform", "xlsx", "csv")


class Command(BaseCommand):
    help = (
        "导出一张调查表：xlsform 是表本身（ODK、Kobo 用），xlsx、csv 是全部答卷，连同以前各版，不含姓名和证件号。"
        "退出码：0 完成，1 还没有交上来的答卷（只写了列名），2 不能导出。"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", help="表的代码，如 HH-SURVEY、VL-SURVEY")
        parser.add_argument("file", type=Path, help="写到哪个文件")
        parser.add_argument("--format", choices=FORMATS, required=True)
        parser.add_argument(
            "--edition", default="", help="哪一版，如 2012.1；不写是在用的，没有在用的是最近一版"
        )
        parser.add_argument("--as", dest="phone", default="", help="以谁的名义：双联办账号的手机号或工号")

    def handle(self, *_args: Any, **options: Any) -> None:
        by = find_office(options["phone"])
        survey = find_survey(by, options["code"], options["edition"])
        if options["format"] == "xlsform":
            write(options["file"], lambda out: write_xlsform(out, survey.form))
            self.stdout.write(f"已写好 {options['file']}：{survey}，{len(survey.form.items)} 题。")
            return
        data = DataSet(survey, by)
        write(options["file"], data.write_csv if options["format"] == "csv" else data.write_xlsx)
        count = data.count()
        note_download(by, f"{survey}全部答卷", filters=f"命令行，{options['format']}", row_count=count)
        if not count:
            raise CommandError(f"{survey}还没有交上来的答卷，只写了列名。", returncode=NO_ROWS)
        self.stdout.write(f"已写好 {options['file']}：{survey}，{count} 份答卷。")


def find_survey(by: Cadre, code: str, edition: str) -> Survey:
    """Return the named version, else the open one, else the newest; of the office's own county."""
    seen = Survey.objects.visible_to(by).published().filter(code=code)
    found = (
        seen.filter(edition=edition) if edition else seen.open() or seen.order_by("-published_on", "-pk")[:1]
    )
    if not found:
        known = "、".join(str(survey) for survey in Survey.objects.visible_to(by).published())
        raise CommandError(f"没有 {code} {edition}，有的是：{known or '一张也没有'}。", returncode=CANNOT_RUN)
    if len({survey.place for survey in found}) > 1:
        raise CommandError("几个县都有这张表，请用 --as 指定县双联办的账号。", returncode=CANNOT_RUN)
    return found[0]


def write(path: Path, act: Callable[[BinaryIO], None]) -> None:
    try:
        with path.open("wb") as out:
            act(out)
    except OSError as error:
        raise CommandError(f"写不了 {path}：{error.strerror}。", returncode=CANNOT_RUN) from error
