"""The county that this database belongs to."""

from functools import cache

from django.conf import settings
from django.db import models
from django.utils import timezone


class Installation(models.Model):
    """The single row that names the county and states whether the database holds demo data."""

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
        """Return the row, cached for the life of the process once it exists: every page needs it, and it
        never changes.
        """
        try:
            return installed()
        except cls.DoesNotExist:
            return None

    @classmethod
    def known(cls) -> "Installation | None":
        """Return the cached row or None, without a query."""
        return installed() if installed.cache_info().currsize else None


def demo_marks(installation: "Installation | None") -> dict[str, bool]:
    """Return the template context that marks demo data; on https it needs permission
    (lianhu/demo_guard.py).
    """
    demo = bool(installation and installation.is_demo)
    return {"demo": demo, "demo_public": demo and settings.HTTPS}


@cache
def installed() -> Installation:
    """Return the row. Raises Installation.DoesNotExist, which is not cached."""
    return Installation.objects.get()
