"""The worker notes every few seconds that it is alive, in a thread beside its jobs."""

import logging
import threading
from datetime import timedelta

from django.db import Error, connection

from core.models import Stamp

logger = logging.getLogger(__name__)

EVERY = 20.0
"""Seconds between two beats."""
SILENT = timedelta(minutes=2)
"""A worker without a beat for so long has died or has lost the database."""


def worker_is_silent() -> bool:
    age = Stamp.age(Stamp.WORKER)
    return age is None or age > SILENT


class Heartbeat(threading.Thread):
    """Ends with the process. A beat that the database refuses is skipped and the connection closed."""

    def __init__(self) -> None:
        super().__init__(daemon=True, name="heartbeat")

    def run(self) -> None:
        ended = threading.Event()
        while True:
            beat()
            ended.wait(EVERY)


def beat() -> None:
    try:
        Stamp.note(Stamp.WORKER)
    except Error as error:
        logger.warning("心跳没有记下：%s", " ".join(str(error).split()))
        connection.close()
