"""Record every few seconds, in a thread beside the jobs, that the worker is alive."""

import logging
import threading
from datetime import timedelta

from django.db import Error, connection

from core.models import Stamp

logger = logging.getLogger(__name__)

EVERY = 20.0
"""Seconds between beats."""
SILENT = timedelta(minutes=2)
"""Age of the last beat after which the worker counts as dead or cut off from the database."""


def worker_is_silent() -> bool:
    age = Stamp.age(Stamp.WORKER)
    return age is None or age > SILENT


class Heartbeat(threading.Thread):
    """Daemon thread. If the database refuses a beat, skip it and close the connection."""

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
