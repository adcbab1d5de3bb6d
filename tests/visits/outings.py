"""Build outings as they are recorded."""

import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from units.models import Cadre, today
from visits.models import Visit
from visits.visits.outing import Outing
from visits.visits.rules import record_outing


def record(author: Cadre, **said: Any) -> list[Visit]:
    return record_outing(
        Outing(
            **{
                "author": author,
                "cadre": author,
                "households": [],
                "days": [today()],
                "kind": Visit.Kind.HOME,
                "content": "看了水窖，问了药费。",
                "ref": uuid.uuid4(),
                **said,
            }
        )
    )


def refusals(author: Cadre, **said: Any) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as refused:
        record(author, **said)
    return refused.value.message_dict


def days(first: date, count: int) -> list[date]:
    return [first + timedelta(days=n) for n in range(count)]
