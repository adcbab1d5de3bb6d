"""An upload that is too large is reported with a message."""

import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from core.models import ImportRun
from tests.factories import make_household, make_pairing
from tests.pages import client_of, words_of
from units.models import today
from visits.models import Visit

pytestmark = [pytest.mark.django_db, pytest.mark.once]
MEGABYTE = bytes(1 << 20)


def test_a_workbook_of_61_megabytes(office):
    book = SimpleUploadedFile("贫困户.xlsx", MEGABYTE * 61)
    response = client_of(office).post("/imports/households/", {"file": book})
    assert "文件超过 55 MB，请拆成几个再传。" in words_of(response)
    assert not ImportRun.objects.exists()


def test_photos_that_are_61_megabytes_together(cadre):
    home = make_pairing(cadre=cadre, household=make_household()).household
    photos = [SimpleUploadedFile(f"{number}.jpg", MEGABYTE * 11) for number in range(6)]
    data = {"ref": str(uuid.uuid4()), "on": today().isoformat(), "kind": "home", "households": [home.pk]}
    response = client_of(cadre).post("/visits/new/", {**data, "content": "看了水窖。", "photos": photos})
    assert "照片太大" in words_of(response)
    assert "看了水窖。" in response.content.decode()
    assert not Visit.objects.exists()
