"""The links on a row's page open."""

import re

import pytest

from households.models import HouseholdPairing
from tests.admin.rows import Rows, page
from tests.pages import client_of
from units.models import Cadre
from villages.models import VillagePairing

pytestmark = pytest.mark.django_db


def links_in(html: str) -> set[str]:
    """Return the targets of the links in read-only fields."""
    fields = re.findall(r'<div class="readonly">.*?</div>|<td class="field-.*?</td>', html, re.DOTALL)
    return {link for field in fields for link in re.findall(r'href="(/admin/[^"]+)"', field)}


def test_a_record_of_a_past_pairing_leads_to_no_row_that_does_not_open(leader: Cadre, own: Rows) -> None:
    for pairings in (HouseholdPairing.objects.all(), VillagePairing.objects.all()):
        for pairing in pairings:
            pairing.ended_on = pairing.started_on
            pairing.save()
    client, seen = client_of(leader), 0
    for label, row in own.items():
        answer = client.get(page(label, "change", row))
        if answer.status_code == 200:
            seen += 1
            links = links_in(answer.content.decode())
            assert {url: client.get(url).status_code for url in links} == dict.fromkeys(links, 200), label
    assert seen > 5


def test_what_opens_is_linked(leader: Cadre, own: Rows) -> None:
    html = client_of(leader).get(page("visits.visit", "change", own["visits.visit"])).content.decode()
    assert page("households.household", "change", own["households.household"]) in links_in(html)
