from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in


class CoreConfig(AppConfig):
    name = "core"
    verbose_name = "公用"

    def ready(self) -> None:
        from core.confirming import note_password

        user_logged_in.connect(lambda sender, request, **kwargs: note_password(request), weak=False)
