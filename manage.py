#!/usr/bin/env python
"""The command line of 联村联户."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lianhu.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line
    from django.db import DatabaseError

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(str(error))
    except (DatabaseError, OSError) as error:
        from lianhu.database import trouble

        if not (sentence := trouble(error)):
            raise
        sys.stderr.write(f"{sentence}\n")
        sys.exit(2)
