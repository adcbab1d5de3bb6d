"""The environment of a test run, set before Django reads its settings (pytest loads this by `-p`).

The keys are fixed, so that failures are reproducible and no `.env` file has an effect.
"""

import os

os.environ.update(
    SECRET_KEY="a secret key of the tests, known to everybody",
    DATA_KEY="test:dGVzdHMgdGVzdHMgdGVzdHMgdGVzdHMgdGVzdHMgISE=",
    DEBUG="0",
    ALLOWED_HOSTS="localhost,127.0.0.1,testserver",
    HTTPS="0",
    MEDIA_ROOT="",
)
# Playwright keeps an event loop running in the main thread, beside which the ORM would refuse to work.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
