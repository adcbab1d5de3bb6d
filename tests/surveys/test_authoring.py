"""The office exports a form to Excel, imports it again, publishes it, and starts the next version."""

import copy
import io
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from playwright.sync_api import expect

from surveys.definition.definition_workbook import write_draft
from surveys.definition.document import DefinitionError
from surveys.definition.presets import preset
from surveys.definition.publishing import publish
from surveys.models import Survey, published_form
from tests.browser import assert_accessible, assert_fits, sign_in
from tests.factories import make_cadre, make_household, make_response, make_survey
from tests.pages import client_of
from units.models import Cadre, today

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(office: Cadre) -> Client:
    return client_of(office)


def workbook(document: dict[str, Any], **cells: Any) -> SimpleUploadedFile:
    """Return the document's workbook with the labels of some items changed (by code)."""
    out = io.BytesIO()
    write_draft(out, document)
    book = openpyxl.load_workbook(io.BytesIO(out.getvalue()))
    for row in book["题目"].iter_rows(min_row=2):
        if row[0].value in cells:
            row[2].value = cells[row[0].value]
    changed = io.BytesIO()
    book.save(changed)
    return SimpleUploadedFile("草稿.xlsx", changed.getvalue())


def test_the_next_version_is_drafted_in_excel_and_published(client):
    first = make_survey()
    client.post(f"/surveys/{first.pk}/next/", {"edition": "2013.1"})
    draft = Survey.objects.get(edition="2013.1")
    page = client.post(
        f"/surveys/{draft.pk}/draft/",
        {"file": workbook(draft.definition, A01="住房建筑面积"), "version": draft.version},
        follow=True,
    )
    assert "住房建筑面积" in page.content.decode()
    client.post(f"/surveys/{draft.pk}/publish/")
    draft.refresh_from_db()
    first.refresh_from_db()
    assert (draft.status, first.status) == ("open", "closed")
    assert draft.form.by_code["A01"].label == "住房建筑面积"


def test_a_published_version_is_frozen(client):
    survey = make_survey()
    page = client.post(
        f"/surveys/{survey.pk}/draft/", {"file": workbook(survey.definition), "version": survey.version}
    )
    assert page.status_code == 404


def test_each_problem_of_a_draft_is_said(client):
    draft = make_survey(status="draft")
    document = preset("household")
    document["items"][1]["show_if"] = "Z99 > 0"
    document["cross_rules"][0]["rule"] = "B02 <= "
    upload = {"file": workbook(document), "version": draft.version}
    page = client.post(f"/surveys/{draft.pk}/draft/", upload).content.decode()
    assert "A02：没有题号 Z99。" in page
    assert "X01：“B02 &lt;=”写得不对，看不懂。" in page


NESTED = "any(members, any(members, age > 1))"
NESTED_SAID = "any、all、count 里面不能再写 any、all、count"


def test_a_quantifier_in_a_quantifier_is_refused_in_words(client):
    draft = make_survey(status="draft")
    document = preset("household")
    document["cross_rules"][0]["rule"] = NESTED
    for address in (f"/surveys/{draft.pk}/draft/", "/surveys/new/"):
        page = client.post(address, {"file": workbook(document), "version": draft.version}).content.decode()
        assert f"X01：{NESTED_SAID}" in page
    draft.refresh_from_db()
    assert draft.definition["cross_rules"][0]["rule"] != NESTED


def older(status: str) -> Survey:
    """Return a form with a nested rule, as stored before such rules were refused."""
    survey = make_survey(status=status)
    definition = copy.deepcopy(survey.definition)
    definition["cross_rules"][0]["rule"] = NESTED
    Survey.objects.filter(pk=survey.pk).update(definition=definition)
    published_form.cache_clear()
    return survey


def test_a_draft_from_before_the_limits_is_read_and_not_published(client):
    draft = older("draft")
    for page in ("", "draft/", "preview/", "xlsform/"):
        assert client.get(f"/surveys/{draft.pk}/{page}").status_code == 200
    said = client.post(f"/surveys/{draft.pk}/publish/", follow=True).content.decode()
    assert "还不能发布" in said
    assert f"X01：{NESTED_SAID}" in said
    draft.refresh_from_db()
    assert draft.is_draft
    with pytest.raises(DefinitionError):
        publish(draft, on=today())


def test_a_version_published_before_the_limits_goes_on_and_the_office_is_told(client, cadre):
    survey = older("open")
    assert f"X01：{NESTED_SAID}" in client.get(f"/surveys/{survey.pk}/").content.decode()
    assert "超出限制" not in client_of(cadre).get(f"/surveys/{survey.pk}/").content.decode()


def test_the_second_of_two_editors_is_told(client):
    draft = make_survey(status="draft")
    upload = {"file": workbook(draft.definition, A01="房子大小"), "version": draft.version}
    draft.title = "贫困户调查表（改）"
    draft.save()
    page = client.post(f"/surveys/{draft.pk}/draft/", upload)
    assert "刚刚被别人换过" in page.content.decode()
    draft.refresh_from_db()
    assert draft.form.by_code["A01"].label == "住房面积"


def test_publishing_says_how_many_drafts_of_answers_are_left(client):
    survey = make_survey()
    cadre = make_cadre()
    make_response(survey=survey, cadre=cadre, household=make_household(), status="draft")
    client.post(f"/surveys/{survey.pk}/next/", {"edition": "2013.1"})
    draft = Survey.objects.get(edition="2013.1")
    page = client.get(f"/surveys/{draft.pk}/publish/").content.decode()
    assert "还有 1 份没有提交的草稿" in page


def test_a_new_form_starts_from_another(client):
    document = {**preset("village"), "code": "VL-SHORT", "title": "村情简表"}
    client.post("/surveys/new/", {"file": workbook(document)})
    assert Survey.objects.get(code="VL-SHORT").is_draft


def test_a_cadre_reads_the_form_and_changes_nothing(client, cadre):
    survey = make_survey()
    page = client_of(cadre).get(f"/surveys/{survey.pk}/").content.decode()
    assert "住房面积" in page
    assert "另起下一版" not in page


def test_a_draft_is_looked_at_as_the_finished_form(client):
    draft = make_survey(status="draft")
    page = client.get(f"/surveys/{draft.pk}/preview/").content.decode()
    assert 'data-item="A01"' in page
    assert 'data-item="D09"' in page


@pytest.mark.django_db(transaction=True)
def test_a_form_is_tried_with_skipping_and_sums_at_work(phone, live_server, office):
    survey = make_survey()
    sign_in(phone, live_server, office)
    phone.goto(f"/surveys/{survey.pk}/preview/")
    structure = phone.locator('[data-item="A02"]')
    expect(structure).to_be_hidden()
    phone.get_by_label("A01 住房面积").fill("80")
    expect(structure).to_be_visible()
    assert_fits(phone)
    assert_accessible(phone)
