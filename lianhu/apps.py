from django.apps import AppConfig


class LianhuConfig(AppConfig):
    name = "lianhu"
    verbose_name = "联村联户"
