"""The checks of `manage.py doctor` beyond `/readyz`: settings, keys, files, the database itself.

To add a check, write a function that returns a Finding and list it in SETTINGS, FILES or DATABASE, by what it
needs.
"""

import stat
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from core import typesetting
from core.condition import Finding, readiness
from core.models import Installation
from lianhu.database import key_trouble
from lianhu.demo_guard import demo_trouble
from units.models import Cadre
from units.roles import Role

OLDEST_POSTGRES = 140000
TITLES = {
    "disk": "磁盘空间",
    "uploads": "上传的文件夹",
    "database": "数据库",
    "queue": "任务排队",
    "worker": "后台任务",
    "backup": "备份",
    "clock": "时钟",
    "debug": "DEBUG",
    "https": "https",
    "hsts": "HSTS",
    "hosts": "主机名",
    "env": ".env 的权限",
    "media": "上传文件夹的权限",
    "static": "静态文件",
    "fonts": "打印字体",
    "tables": "数据库的表",
    "keys": "DATA_KEY",
    "demo": "示例数据",
    "factor": "两步登录",
    "settings": "数据库的设置",
    "sound": "数据库文件",
    "jobs": "失败的任务",
}


def examine() -> list[Finding]:
    """Return all findings; those of the database only when it is available."""
    found = [check() for check in (*SETTINGS, *FILES)]
    machine = readiness()
    if all(finding.ok for finding in machine if finding.name == "database"):
        found += _of_the_database()
    return [*machine, *found]


def _of_the_database() -> list[Finding]:
    unmigrated = tables()
    if not unmigrated.ok:
        return [unmigrated]
    try:
        return [unmigrated, *(check() for check in DATABASE)]
    except Error as error:
        remedy = "看数据库的日志；库坏了就照 docs/operations.md 恢复备份。"
        return [Finding("sound", " ".join(str(error).split()), remedy)]


def debug() -> Finding:
    if settings.DEBUG:
        return Finding("debug", "开着：出错时页面会露出代码和设置", "去掉 .env 里的 DEBUG，重启。")
    return Finding("debug", "关着")


def https() -> Finding:
    if settings.HTTPS:
        return Finding("https", "只走 https")
    remedy = "有证书就设 HTTPS=1；没有证书的内网可以不管，只是手机记不了走访的位置。"
    return Finding("https", "没有设 HTTPS=1，密码和 Cookie 走的是明文", remedy, urgent=False)


def hsts() -> Finding:
    if settings.HTTPS and not settings.HSTS_DAYS:
        remedy = "证书稳定以后设 HSTS_DAYS=7，没有问题再改成 365。"
        return Finding("hsts", "没有打开", remedy, urgent=False)
    return Finding("hsts", f"{settings.HSTS_DAYS} 天" if settings.HTTPS else "没有 https，用不着")


def hosts() -> Finding:
    if "*" in settings.ALLOWED_HOSTS:
        return Finding("hosts", "ALLOWED_HOSTS 是 *，什么主机名都答", "写上自己的域名或 IP，逗号隔开。")
    return Finding("hosts", "、".join(settings.ALLOWED_HOSTS))


def env() -> Finding:
    path = Path(settings.BASE_DIR) / ".env"
    return _for_owner_alone("env", path, f"chmod 600 {path}")


def media() -> Finding:
    path = Path(settings.MEDIA_ROOT)
    return _for_owner_alone("media", path, f"chmod -R go= {path}")


def _for_owner_alone(name: str, path: Path, remedy: str) -> Finding:
    if not path.exists():
        return Finding(name, f"没有 {path}，不用管")
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        return Finding(name, f"{path} 别的用户也能进（{mode:04o}）", remedy)
    return Finding(name, f"{path} 只有运行的用户能看")


def static() -> Finding:
    missing = [name for name in ("look.css", "app.js", "vendor/bootstrap.min.css") if not finders.find(name)]
    if missing:
        return Finding("static", f"缺 {'、'.join(missing)}", "源码不全，重新取一份：git status 看少了什么。")
    return Finding("static", "都在")


def fonts() -> Finding:
    try:
        typesetting.fonts()
    except (RuntimeError, OSError) as error:
        return Finding("fonts", str(error), "tools/install.sh requirements.txt")
    return Finding("fonts", "是钉住的那一版")


def tables() -> Finding:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        return Finding("tables", f"还有 {len(plan)} 步更新没有做", "先备份，再运行 manage.py migrate，重启。")
    return Finding("tables", "和程序是一版")


def keys() -> Finding:
    if sentence := key_trouble():
        return Finding("keys", sentence, "把当时的那一把接在 .env 的 DATA_KEY 后面，逗号隔开，重启。")
    return Finding("keys", f"{len(settings.DATA_KEYS)} 把，打得开库里的身份证号")


def demo() -> Finding:
    installation = Installation.this()
    if installation is None:
        return Finding("demo", "还没有建县", "manage.py start 区划代码 --office-phone 手机号", urgent=False)
    if not installation.is_demo:
        return Finding("demo", f"是真的县：{installation.name}")
    if sentence := demo_trouble():
        return Finding("demo", sentence, "换成真的县的库（DATABASE_URL），或者设 ALLOW_DEMO=1。")
    said = (
        "示例数据，已允许在 https 上演示（ALLOW_DEMO=1）"
        if settings.HTTPS
        else "示例数据，账号和密码是公开的"
    )
    return Finding("demo", said, "演示完了就换成真的县的库。", urgent=False)


def second_factor() -> Finding:
    """Remind of powerful accounts without a second factor, except with demo data."""
    if Installation.objects.filter(is_demo=True).exists():
        return Finding("factor", "示例数据，不要求")
    powerful = Cadre.objects.current().filter(role__in=[Role.OFFICE, Role.LEADER], is_active=True)
    without = powerful.filter(second_factor_at=None).count()
    said = f"双联办和负责人里还有 {without} 个账号没有开通" if without else "双联办和负责人都开通了"
    if {"office", "leader"} <= settings.SECOND_FACTOR_REQUIRED:
        return Finding("factor", f"规定要开通，{said}")
    remedy = "在 .env 里设 SECOND_FACTOR_REQUIRED=office,leader，重启。"
    return Finding("factor", said, remedy, urgent=False)


def database_settings() -> Finding:
    """Check the settings that protect saved data from a power cut and store names unchanged."""
    asked = _asked_of_sqlite() if connection.vendor == "sqlite" else _asked_of_postgres()
    wrong = [f"{name}={value}" for name, (value, right) in asked.items() if value != right]
    if wrong:
        right = "、".join(f"{name}={right}" for name, (_, right) in asked.items())
        return Finding("settings", f"现在是 {'、'.join(wrong)}", f"应是 {right}，断电才不丢已经存好的。")
    return Finding("settings", "、".join(f"{name}={value}" for name, (value, _) in asked.items()))


def _asked_of_sqlite() -> dict[str, tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA journal_mode")
        journal = str(cursor.fetchone()[0])
        cursor.execute("PRAGMA synchronous")
        return {"journal_mode": (journal, "wal"), "synchronous": (str(cursor.fetchone()[0]), "2")}


def _asked_of_postgres() -> dict[str, tuple[str, str]]:
    right = {
        "server_encoding": "UTF8",
        "fsync": "on",
        "full_page_writes": "on",
        "synchronous_commit": "on",
        "jit": "off",
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", [list(right)])
        return {name: (value, right[name]) for name, value in sorted(cursor.fetchall())}


def sound() -> Finding:
    if connection.vendor == "postgresql":
        version = connection.connection.server_version
        said = f"PostgreSQL {version // 10000}"
        old = version < OLDEST_POSTGRES
        return Finding("sound", said, "换成 14 以后的版本。" if old else "")
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA quick_check")
        told = [row[0] for row in cursor.fetchall()]
    if told != ["ok"]:
        return Finding("sound", f"坏了：{told[0]}", "停下程序，照 docs/operations.md 恢复最近的备份。")
    return Finding("sound", "查过一遍，是好的")


def jobs() -> Finding:
    yesterday = timezone.now() - timedelta(days=1)
    failed = (
        DBTaskResult.objects.failed().filter(finished_at__gt=yesterday).values_list("task_path", flat=True)
    )
    names = sorted({path.rpartition(".")[2] for path in failed})
    if names:
        return Finding("jobs", f"一天里失败过：{'、'.join(names)}", "看 journalctl -u lianhu-worker。")
    return Finding("jobs", "一天里没有")


Checks = list[Callable[[], Finding]]
SETTINGS: Checks = [debug, https, hsts, hosts]
FILES: Checks = [env, media, static, fonts]
DATABASE: Checks = [keys, demo, second_factor, database_settings, sound, jobs]
