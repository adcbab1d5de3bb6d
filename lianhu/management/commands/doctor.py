"""Report what is wrong with this machine, and the remedies."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.condition import Finding
from lianhu.doctor import TITLES, examine

TO_DO = 1


class Command(BaseCommand):
    help = (
        "查这台机器哪里不好、怎么办：设置、钥匙、文件、数据库、后台任务、备份。退出码：0 都好，1 有要办的。"
    )
    requires_system_checks: list[
        str
    ] = []  # system checks would abort the command with the very problems it reports

    def handle(self, *_args: Any, **_options: Any) -> None:
        found = examine()
        for finding in sorted(found, key=lambda one: (one.ok, not one.urgent)):
            self.stdout.write(f"{mark(finding)}  {TITLES[finding.name]}：{finding.said}")
            if finding.remedy:
                self.stdout.write(f"      → {finding.remedy}")
        urgent = sum(not finding.ok and finding.urgent for finding in found)
        reminders = sum(not finding.ok and not finding.urgent for finding in found)
        told = f"查了 {len(found)} 样：要办 {urgent} 样，提醒 {reminders} 样。"
        if urgent:
            raise CommandError(told, returncode=TO_DO)
        self.stdout.write(told)


def mark(finding: Finding) -> str:
    return "好  " if finding.ok else "要办" if finding.urgent else "提醒"
