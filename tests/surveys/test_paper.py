"""Forms on paper: blank, filled in, and a whole village in one file."""

import io
from datetime import date
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from PIL import Image
from pypdfium2 import PdfDocument
from pypdfium2.raw import FPDF_PAGEOBJ_IMAGE

from core.models import Download
from core.typesetting import typeset
from households.models import Household
from surveys.definition.document import load
from surveys.definition.presets import preset
from surveys.filling.facts import known_of
from surveys.models import Response, ResponseSignature, Survey
from surveys.paper.layout import Filling, answer_cell, paper
from tests.factories import (
    make_household,
    make_id_number,
    make_member,
    make_pairing,
    make_response,
    make_survey,
    make_village,
    make_village_pairing,
)
from tests.pages import client_of
from tests.pdf import get_pages, pages_of
from units.models import Cadre, today

pytestmark = pytest.mark.django_db
ANSWERS = {
    "A01": 96.5,
    "A02": "02",
    "A03": 1998,
    "A04": 0,
    "B14": ["01", "05"],
    "D09": "想种苹果 #strong[*]$x$",
}


@pytest.fixture
def client(office: Cadre) -> Client:
    return client_of(office)


def respond(survey: Survey, cadre: Cadre, household: Household, **fields: Any) -> Response:
    known = known_of(survey, household, today(), None)
    return make_response(
        survey=survey,
        cadre=cadre,
        household=household,
        **{"answers": ANSWERS, "members": list(known.members), **fields},
    )


@pytest.mark.parametrize("subject", ["household", "village"])
def test_the_blank_form_has_every_item_with_its_options_and_units(client, subject):
    survey = make_survey(subject=subject)
    pages = get_pages(client, f"/surveys/{survey.pk}/blank.pdf")
    text = "".join(pages)
    for item in survey.form.items:
        assert f"{item.code}{''.join(item.label.split())}"[:12] in text
        assert all(f"□{''.join(label.split())}" in text for label in item.labels.values()), item.code
    assert survey.title in pages[0]
    assert "填表人：" in text
    assert "审核人：" in text
    assert "第1页共2页" in pages[0]
    assert "第2页共2页" in pages[1]
    assert "填表说明" in pages[2]


def test_a_filled_form_shows_the_answers_and_masks_the_number(client, cadre, survey):
    number = make_id_number()
    household = make_household(head="")
    make_member(household=household, name="王有福", id_number=number)
    make_member(household=household, name="李秀英", relation="02", sex="2")
    response = respond(survey, cadre, household, confirmed={"X04": "外出的都算上了"})
    text = "".join(get_pages(client, f"/responses/{response.pk}/print.pdf"))
    for shown in ("96.5平方米", "□✓砖混", "1998年份", "□✓种植业", "□养殖业", "想种苹果#strong[*]$x$"):
        assert shown in text, shown
    for shown in (
        "王有福",
        "李秀英",
        household.no,
        cadre.name,
        cadre.unit.name,
        "2015年9月16日",
        "外出的都算上了",
    ):
        assert shown in text, shown
    assert number not in text
    assert f"{number[:6]}************" in text
    assert Download.objects.get().row_count == 1


def test_the_signature_stands_on_its_line_and_a_damaged_one_leaves_it_empty(client, cadre, survey):
    response = respond(survey, cadre, make_household())
    url = f"/responses/{response.pk}/print.pdf"
    drawn = io.BytesIO()
    Image.new("RGB", (900, 300), "white").save(drawn, "JPEG")
    bare = images_of(client, url)
    sign(response, b"no picture")
    assert images_of(client, url) == bare
    sign(response, drawn.getvalue())
    assert images_of(client, url) == bare + 1


def sign(response: Response, data: bytes) -> None:
    file = ContentFile(data, name="photo.jpg")
    ResponseSignature.objects.create(owner=response, file=file, size=len(data))


def images_of(client: Client, url: str) -> int:
    """Return the number of pictures in a print."""
    pages = PdfDocument(b"".join(client.get(url).streaming_content))
    return sum(len(list(page.get_objects(filter=[FPDF_PAGEOBJ_IMAGE]))) for page in pages)


def test_a_draft_is_printed_as_far_as_it_has_come(client, cadre, survey):
    household = make_household()
    draft = respond(
        survey, cadre, household, status="draft", answers={"A01": "九十六", "A02": "??"}, members=[]
    )
    text = "".join(get_pages(client, f"/responses/{draft.pk}/print.pdf"))
    assert "九十六" in text
    assert "草稿" in text


def test_each_form_of_a_village_starts_on_a_page_of_its_own(client, cadre, survey):
    village = make_village()
    households = [make_household(head=f"户主{n}", village=village) for n in range(3)]
    for household in households[:2]:
        respond(survey, cadre, household)
    respond(survey, cadre, households[2], surveyed_on=date(2014, 9, 16))
    make_household(head="没有答卷", village=village)
    url = f"/surveys/{survey.pk}/village.pdf?village={village.pk}&year=2015"
    pages = get_pages(client, url)
    firsts = [page for page in pages if "第1页" in page]
    assert [household.no in page for household, page in zip(households, firsts, strict=False)] == [True, True]
    assert len(pages) == 2 * len(pages_of(_one(client, households[0])))


def _one(client: Client, household: Household) -> bytes:
    response = client.get(f"/responses/{household.responses.get().pk}/print.pdf")
    return b"".join(response.streaming_content)


def test_blank_forms_of_a_village_know_their_households(client, survey):
    village = make_village()
    household = make_household(head="王有福", village=village, kind="03", size=1)
    make_household(head="迁走的人", village=village, status="moved", status_on=date(2015, 1, 1))
    pages = get_pages(client, f"/surveys/{survey.pk}/village.pdf?village={village.pk}&blank=1")
    assert household.no in pages[0]
    assert "王有福" in pages[0]
    assert "□✓五保户" in "".join(pages)
    assert "迁走的人" not in "".join(pages)
    assert sum("第1页" in page for page in pages) == 1


def test_a_village_without_responses_says_so(client, survey):
    village = make_village()
    response = client.get(f"/surveys/{survey.pk}/village.pdf?village={village.pk}&year=2013", follow=True)
    assert "一份也没有" in response.content.decode()


def test_the_form_of_a_village_is_printed_too(client, cadre):
    survey, village = make_survey(subject="village"), make_village(name="石峰村")
    make_response(survey=survey, cadre=cadre, village=village, answers={"VH3": "张书记", "V103": 320})
    url = f"/surveys/{survey.pk}/village.pdf?village={village.pk}&year=2015"
    text = "".join(get_pages(client, url))
    assert "张书记" in text
    assert "320户" in text
    assert village.code in "".join(get_pages(client, f"{url}&blank=1"))


def test_a_cadre_gets_the_own_households_of_a_village_alone(cadre, survey):
    village = make_village()
    own = make_household(head="自己的户", village=village)
    make_household(head="别人的户", village=village)
    make_pairing(cadre=cadre, household=own)
    text = "".join(
        get_pages(client_of(cadre), f"/surveys/{survey.pk}/village.pdf?village={village.pk}&blank=1")
    )
    assert "自己的户" in text
    assert "别人的户" not in text


@pytest.mark.parametrize("village", ["", "x", "0", "9" * 30])
def test_no_such_village_is_404(client, survey, village):
    assert client.get(f"/surveys/{survey.pk}/village.pdf?village={village}&blank=1").status_code == 404


def test_after_unpairing_the_own_record_names_the_head_alone(cadre, survey):
    household = make_household(head="王有福", phone="13993851111")
    make_member(household=household, name="李秀英", relation="02", sex="2")
    response = respond(survey, cadre, household)
    text = "".join(get_pages(client_of(cadre), f"/responses/{response.pk}/print.pdf"))
    assert "王有福" in text
    assert "李秀英" not in text
    assert "13993851111" not in text


def test_a_viewer_reads_no_phone(viewer, cadre, survey):
    household = make_household(phone="13993851111")
    make_village_pairing(unit=cadre.unit, village=household.village)
    response = respond(survey, cadre, household)
    village = make_response(
        survey=make_survey(subject="village"),
        cadre=cadre,
        village=household.village,
        answers={"VH5": "13993852222"},
    )
    for pk in (response.pk, village.pk):
        text = "".join(get_pages(client_of(viewer), f"/responses/{pk}/print.pdf"))
        assert "1399385" not in text
        assert "139********" in text


@pytest.mark.once
def test_a_family_of_fourteen_and_long_texts_are_printed_whole():
    form = load(preset("household"))
    members = [{"M01": f"欧阳正德{n}", "M04": "之外孙女", "M10": "乡(镇)外县内务工"} for n in range(14)]
    answers = {"D09": "种苹果、养牛，" * 71}
    filling = Filling(number="620524100201-017", members=members, answers=answers, blank=False)
    pages = pages_of(typeset("survey", paper(form, [filling])))
    text = "".join(pages)
    assert all(f"欧阳正德{n}" in text for n in range(14))
    assert text.count("种苹果、养牛，") == 71
    assert f"共{len(pages)}页" in pages[0]


@pytest.mark.once
def test_a_choice_is_a_row_of_boxes_and_a_hint():
    item = load(preset("household")).by_code["B14"]
    cell = answer_cell(item, ["01"], blank=True)
    assert [box["ticked"] for box in cell["boxes"]] == [True, *[False] * 8]
    assert cell["after"] == "（最多选 3 项）"
