"""Run the whole attack: `python -m tests.attack [PART …]`, where PART is crawl, posts, lookups, tokens or
naive.

SEED chooses the values, WORLDS the number of generated worlds, SAMPLE the share of requests to
send. Prints a table; the exit status is 1 if anything leaked, failed or was written without
permission.
"""

import logging
import os
import sys
import tempfile
import time

import tests.environment  # noqa: F401 - before the settings are read

PARTS = ("naive", "crawl", "tokens", "lookups", "posts")


def main() -> int:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lianhu.settings")
    django.setup()
    from django.conf import settings
    from django.db import connection
    from django.test.utils import setup_test_environment

    from tests.attack.running import Attack, table

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    logging.disable(logging.CRITICAL)
    setup_test_environment()
    parts = sys.argv[1:] or PARTS
    with tempfile.TemporaryDirectory() as media:
        settings.MEDIA_ROOT = media
        name = connection.creation.create_test_db(verbosity=0)
        try:
            attack = Attack(
                seed=int(os.environ.get("SEED", "1")),
                sample=float(os.environ.get("SAMPLE", "1")),
                worlds=int(os.environ.get("WORLDS", "200")),
                progress=lambda words: print(f"{time.strftime('%H:%M:%S')} {words}", flush=True),  # noqa: T201
            )
            attack.run(parts)
        finally:
            connection.creation.destroy_test_db(name, verbosity=0)
    print(table(attack))  # noqa: T201
    return 1 if attack.found else 0


if __name__ == "__main__":
    sys.exit(main())
