"""Help and activities in the admin: read, export and void them; add the family's words to an item of help."""

from decimal import Decimal
from typing import Any

import pytest

from core.models import Change
from tests.admin.rows import Rows, listed, page
from tests.exports import table_of
from tests.factories import make_assistance, make_household
from tests.pages import client_of
from units.models import Cadre
from visits.models import Activity, Assistance

HELP, ACTIVITY = "visits.assistance", "visits.activity"


def words(item: Assistance, result: str) -> dict[str, Any]:
    none = {"shares-TOTAL_FORMS": 0, "shares-INITIAL_FORMS": 0}
    return {**none, "version": item.version, "result": result}


def test_a_leader_adds_what_the_family_says(leader: Cadre, own: Rows) -> None:
    item = own[HELP]
    more = {"cash": "9999", "content": "改了", "kind": "loan", "shares-0-cash": "9999"}
    client_of(leader).post(page(HELP, "change", item), {**words(item, "说管用"), **more})
    stored = Assistance.objects.get(pk=item.pk)
    assert (stored.result, stored.cash, stored.content) == ("说管用", Decimal(200), item.content)
    assert stored.shares.get().cash == Decimal(200)
    change = Change.objects.get(table=HELP, row=item.pk, act="changed")
    assert (change.source, change.changes) == ("admin", {"result": ["", "说管用"]})


def test_second_editor_sees_both_words(leader: Cadre, own: Rows) -> None:
    item, client = own[HELP], client_of(leader)
    client.post(page(HELP, "change", item), words(item, "先来的"))
    answer = client.post(page(HELP, "change", item), words(item, "后来的"))
    assert answer.status_code == 409
    assert Assistance.objects.get(pk=item.pk).result == "先来的"


def test_what_is_void_stays_as_it_is(leader: Cadre, own: Rows) -> None:
    item = own[HELP]
    item.voided_on, item.void_reason = item.given_on, "记重了"
    item.save()
    assert client_of(leader).post(page(HELP, "change", item), words(item, "x")).status_code == 403


@pytest.mark.parametrize(("table", "model"), [(HELP, Assistance), (ACTIVITY, Activity)])
def test_void_reaches_no_foreign_row(leader: Cadre, own: Rows, foreign: Rows, table: str, model: Any) -> None:
    data = {"action": "void_selected", "_selected_action": [own[table].pk, foreign[table].pk]}
    client, url = client_of(leader), page(table, "changelist")
    assert "作废 1 条" in client.post(url, data).content.decode()
    client.post(url, {**data, "reason": "记重了"})
    assert list(model.objects.exclude(voided_on=None)) == [own[table]]


def test_list_and_sheet_say_whom_it_was_given_to(leader: Cadre, own: Rows) -> None:
    item = own[HELP]
    item.shares.create(household=make_household(village=item.village, head="令守田"))
    whole = make_assistance(cadre=own["units.cadre"], household=item.shares.first().household)
    whole.shares.all().delete()
    client, url = client_of(leader), page(HELP, "changelist")
    text = client.get(url).content.decode()
    assert "王有福等" in text
    assert "全村" in text
    answer = client.post(url, {"action": "export_rows", "_selected_action": item.pk})
    assert table_of(answer)[1][1:3] == ("王有福等", "慰问")


def test_any_family_of_an_item_finds_it(leader: Cadre, own: Rows) -> None:
    item = own[HELP]
    item.shares.create(household=make_household(village=item.village, head="令守田"))
    assert listed(client_of(leader), HELP, "?q=令守田") == {item.pk}
