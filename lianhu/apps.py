from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class LianhuConfig(AppConfig):
    name = "lianhu"
    verbose_name = "联村联户"
    default = True

    def ready(self) -> None:
        from core.importing.sheet import register
        from lianhu import database  # noqa: F401  registers its check
        from lianhu.import_kinds import KINDS

        register(KINDS)


class AdminConfig(admin_apps.AdminConfig):
    """Replace Django's admin site by ours."""

    default_site = "lianhu.admin_site.ScopedSite"
    default = False
