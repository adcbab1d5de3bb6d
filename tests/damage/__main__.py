"""Judge thousands of damaged lists: `python -m tests.damage`.

EXAMPLES is their number, SEED chooses them. Prints the outcomes; the exit status is 1 if anything came in
differently without a word.
"""

import importlib
import io
import logging
import os
import sys
import time
import traceback
from typing import Any, BinaryIO

import tests.environment  # noqa: F401 - before the settings are read


def main() -> int:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lianhu.settings")
    django.setup()
    from django.db import connection
    from django.test.utils import setup_test_environment

    logging.disable(logging.CRITICAL)
    setup_test_environment()
    name = connection.creation.create_test_db(verbosity=0)
    try:
        return run(int(os.environ.get("EXAMPLES", "3000")), int(os.environ.get("SEED", "1")))
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


def read_here(task: str, data: bytes, limits: object, **arguments: Any) -> BinaryIO:
    """Read a file in this process: a child takes longer to start than all the rest of an example.

    The seed in the suite reads in a child, as the site does.
    """
    module, _, function = task.partition(":")
    return io.BytesIO(b"".join(getattr(importlib.import_module(module), function)(data, **arguments)))


def run(examples: int, chosen: int) -> int:
    from hypothesis import HealthCheck, Phase, given, seed, settings

    from core.sandbox import process
    from tests.damage.examples import EXAMPLE, described
    from tests.damage.judging import Trial
    from tests.damage.lists import build

    trial, failures, began = Trial(build()), [], time.monotonic()
    process.run = read_here

    @seed(chosen)
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(EXAMPLE)
    def judge(example):
        try:
            found = trial.judge(*example)
        except Exception:  # noqa: BLE001 - every failure is reported, and the next example judged
            found = [traceback.format_exc()]
            trial.outcomes["unhandled exception"] += 1
        if found:
            failures.append((example, found))
            print(f"{described(example)}\n  " + "\n  ".join(found[:4]), flush=True)  # noqa: T201

    judge()
    say = [f"{count:>7} {outcome}" for outcome, count in trial.outcomes.most_common()]
    say += [f"{count:>7} refused: {words}" for words, count in trial.refusals.most_common(12)]
    say += [f"{count:>7} {name}" for name, count in trial.damages.most_common()]
    seconds = time.monotonic() - began
    say.append(
        f"{sum(trial.outcomes.values())} lists judged in {seconds:.0f} s, {len(failures)} failures, seed {chosen}"
    )
    print("\n".join(say))  # noqa: T201
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
