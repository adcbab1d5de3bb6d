"""The background worker: django-tasks-db's, with a heartbeat; releases leftovers of an earlier worker first."""

from typing import Any

from django_tasks_db.management.commands.db_worker import Command as DatabaseWorker

from core.heartbeat import Heartbeat
from lianhu import tidying


class Command(DatabaseWorker):
    help = "后台任务：检查和导入工作簿，标注原表，每天清理过期的文件、会话和记录。"

    def handle(self, **options: Any) -> None:
        Heartbeat().start()
        tidying.begin()
        super().handle(**options)
