"""The background worker: django-tasks-db's, after tidying what an earlier one left behind."""

from typing import Any

from django_tasks_db.management.commands.db_worker import Command as DatabaseWorker

from core.importing import tasks


class Command(DatabaseWorker):
    help = "后台任务：检查和导入工作簿，标注原表，每天清理过期的文件。"

    def handle(self, **options: Any) -> None:
        tasks.start_tidying()
        super().handle(**options)
