"""Which county this database is."""

from functools import cache

from django.conf import settings
from django.db import models
from django.utils import timezone


class Installation(models.Model):
    """The one row that says which county this database is, and whether its people are invented."""

    code = models.CharField("区划代码", max_length=9)
    name = models.CharField("名称", max_length=40)
    is_demo = models.BooleanField("示例数据", default=False)
    created_at = models.DateTimeField("建立时间", default=timezone.now)

    class Meta:
        verbose_name = verbose_name_plural = "安装"
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="installation_single")]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def this(cls) -> "Installation | None":
        """Return the row, which every page shows and nothing changes: read once a process, as soon as there
        is one.
        """
        try:
            return installed()
        except cls.DoesNotExist:
            return None

    @classmethod
    def known(cls) -> "Installation | None":
        """Return the row if this process has read it already; asks nothing of the database."""
        return installed() if installed.cache_info().currsize else None


def demo_marks(installation: "Installation | None") -> dict[str, bool]:
    """Return what the pages say of a demo database; on https it was allowed (lianhu/demo_guard.py)."""
    demo = bool(installation and installation.is_demo)
    return {"demo": demo, "demo_public": demo and settings.HTTPS}


@cache
def installed() -> Installation:
    """Raise Installation.DoesNotExist, which is not remembered."""
    return Installation.objects.get()
