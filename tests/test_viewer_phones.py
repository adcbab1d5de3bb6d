"""A viewer reads no phone number, neither in its own column nor in any free text."""

from typing import Any

import pytest

from tests.factories import make_cadre, make_unit
from tests.pages import client_of, page_of, words_of
from tests.test_access import LISTS, address, rules, world
from tests.test_candidates import words_in
from units.models import Cadre

pytestmark = pytest.mark.django_db
PHONE = "13993857246"
WRITTEN = f"儿子电话{PHONE}，139-9385-7246，家里0938-3428246"
ENDS = ("3857246", "7246", "3428246")


@pytest.fixture
def rows(db: None) -> dict[str, Any]:
    """Create a county with a phone number in every text of every row."""
    own = world(county="620524", name="武山")
    own["household"].phone = own["unit"].contact_phone = own["cadre"].phone = PHONE
    for row in own.values():
        for field in row._meta.concrete_fields:
            is_text = field.get_internal_type() == "TextField" or field.name in TEXTS
            if is_text and not field.choices:
                setattr(row, field.name, WRITTEN)
        row.save()
    own["response"].answers = {**own["response"].answers, "D09": WRITTEN}
    own["response"].save()
    own["progress"].text = f"管沟挖好了 {PHONE}"
    own["progress"].save()
    return own


TEXTS = {
    "note",
    "address",
    "text",
    "content",
    "result",
    "promise",
    "outcome",
    "review_note",
    "title",
}


@pytest.fixture
def viewer(rows: dict[str, Any]) -> Cadre:
    return make_cadre(
        unit=make_unit(name="县人大办", division=rows["division"]), role="viewer", phone="13800007777"
    )


@pytest.mark.slow
def test_no_page_sheet_or_paper_tells_a_viewer_a_phone(viewer, rows) -> None:
    client, told = client_of(viewer), {}
    for rule in rules():
        if rule.method == "GET" and rule.answers.get("viewer") == "✓" and rule.name != "file":
            more = ["?export=xlsx", "?print=1"] if rule.name in LISTS else []
            for end in ["", *more]:
                url = address(rule.path, rows) + end
                told[url] = words_in(client.get(url))
    told["csv"] = words_in(client.get(f"/surveys/{rows['survey'].pk}/data/?format=csv"))
    assert not {url: end for url, text in told.items() for end in ENDS if end in text}
    assert sum("儿子电话139********" in text for text in told.values()) > 10


def test_who_calls_reads_them_and_everybody_the_own_one(rows, viewer) -> None:
    visit = f"/visits/{rows['visit'].pk}/"
    assert WRITTEN in words_of(client_of(rows["cadre"]).get(visit))
    assert viewer.phone in page_of(client_of(viewer).get("/me/"))


@pytest.mark.parametrize("where", ["visits", "problems", "assistance", "activities"])
def test_a_viewer_finds_no_digits_in_what_people_wrote(rows, viewer, where) -> None:
    """A viewer cannot search for digits in free texts, which would reveal phone numbers digit by digit."""
    url = f"/{where}/?q="
    reader, caller = client_of(viewer), client_of(rows["cadre"])
    assert "没有符合条件" not in page_of(caller.get(f"{url}1399385"))
    assert "没有符合条件" in page_of(reader.get(f"{url}1399385"))
    assert "没有符合条件" in page_of(reader.get(f"{url}２４６"))
    assert "没有符合条件" not in page_of(reader.get(f"{url}儿子"))
