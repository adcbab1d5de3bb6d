"""The WSGI application that gunicorn serves."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lianhu.settings")
try:
    application = get_wsgi_application()
    from lianhu.demo_guard import refuse_to_serve  # imports models, so only after the application is created

    refuse_to_serve()
except ImproperlyConfigured as error:
    sys.exit(str(error))
