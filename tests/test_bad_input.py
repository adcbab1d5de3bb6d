"""Whatever is typed into a form: a sentence beside the field, the text kept, nothing written."""

import pytest

from core.models import Change
from tests.admin.rows import page, signed_in
from tests.factories import make_household
from tests.pages import client_of

pytestmark = pytest.mark.django_db

NUMBER = "62052419600501123X"


@pytest.mark.parametrize(
    ("url", "field"),
    [
        ("/households/{household}/edit/", "note"),
        ("/households/{household}/members/new/", "name"),
        ("/households/new/", "head_name"),
        ("/cadres/new/", "post"),
        ("/units/new/", "name"),
        ("/villages/new/", "name"),
    ],
)
def test_an_id_number_stands_in_no_text(office, url, field):
    household = make_household()
    Change.objects.all().delete()
    response = client_of(office).post(url.format(household=household.pk), {field: f"号码{NUMBER}"})
    assert response.status_code == 200
    assert "这里写了身份证号" in response.content.decode()
    assert not Change.objects.exists()


def test_an_id_number_stands_in_no_text_of_the_admin(office, leader):
    text = signed_in(office).post(page("units.unit", "change", leader.unit), {"contact": NUMBER})
    assert "这里写了身份证号" in text.content.decode()
