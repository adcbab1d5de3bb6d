from django.apps import AppConfig


class UnitsConfig(AppConfig):
    name = "units"
    verbose_name = "单位和干部"

    def ready(self) -> None:
        from units import sessions as sessions  # connects the login signal
