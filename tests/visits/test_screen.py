"""One form after a visit also records what was heard and what was given, once."""

from decimal import Decimal
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.factories import make_household, make_pairing, make_village
from tests.pages import client_of, words_of
from tests.pictures import picture
from units.models import today
from visits.models import Assistance, Problem, Visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def own(cadre):
    """Return two households of one village paired with the cadre."""
    village = make_village()
    rows = [make_household(head=head, village=village) for head in ("王守田", "刘满仓")]
    for row in rows:
        make_pairing(cadre=cadre, household=row)
    return rows


def sent(cadre, households, **given):
    """Return the response to the form; a valid one redirects home."""
    data = {
        "ref": uuid4(),
        "on": today().isoformat(),
        "kind": "home",
        "content": "看了水窖",
        "households": [household.pk for household in households],
        **given,
    }
    return client_of(cadre).post("/visits/new/", data)


def test_a_problem_heard_belongs_to_the_visit(cadre, own):
    sent(cadre, own[:1], problem_category="01", problem_text="冬天没水吃")
    problem = Problem.objects.get()
    assert (problem.visit, problem.household, problem.owner) == (Visit.objects.get(), own[0], cadre)


def test_on_an_outing_each_household_gets_its_own(cadre, own):
    sent(cadre, own, problem_category="02", problem_text="路不通")
    assert {problem.household for problem in Problem.objects.all()} == set(own)


def test_on_an_outing_one_family_alone_may_have_a_problem_and_get_help(cadre, own):
    first, second = own
    said = {"problem_category": "02", "problem_text": "路不通", "problem_household": second.pk}
    sent(cadre, own, **said, help_kind="goods", help_content="送化肥", help_household=first.pk)
    assert [problem.household for problem in Problem.objects.all()] == [second]
    assert [share.household for share in Assistance.objects.get().shares.all()] == [first]
    assert Visit.objects.count() == 2


def test_a_family_that_was_not_visited_has_no_problem_there(cadre, own):
    said = {"problem_category": "02", "problem_text": "路不通", "problem_household": own[1].pk}
    answer = sent(cadre, own[:1], **said)
    assert "这一户上面没有勾选" in words_of(answer)
    assert [model.objects.count() for model in (Visit, Problem)] == [0, 0]


def test_help_on_the_spot_says_where_it_came_from(cadre, own):
    sent(cadre, own[:1], help_kind="comfort", help_content="送慰问金", help_cash="500", help_source="person")
    assert Assistance.objects.get().source == "person"


def test_help_on_the_spot_is_split_and_sums_to_the_whole(cadre, own):
    sent(cadre, own, help_kind="comfort", help_content="送米面", help_cash="500.01")
    item = Assistance.objects.get()
    assert item.cash == Decimal("500.01")
    assert sorted(share.cash for share in item.shares.all()) == [Decimal("250.00"), Decimal("250.01")]


def test_a_double_tap_records_everything_once(cadre, own):
    form = {
        "ref": uuid4(),
        "problem_category": "01",
        "problem_text": "冬天没水吃",
        "help_kind": "goods",
        "help_content": "送化肥",
        "help_goods": "化肥",
        "help_quantity": "2",
        "help_goods_unit": "袋",
    }
    for _ in range(2):
        assert sent(cadre, own[:1], **form).status_code == 302
    assert [model.objects.count() for model in (Visit, Problem, Assistance)] == [1, 1, 1]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"problem_text": "冬天没水吃"}, "写了困难，请点一下是哪一类"),
        ({"problem_category": "01"}, "点了困难，请写几个字说说情况"),
        ({"help_cash": "200"}, "写了帮扶，请点一下是哪一种"),
        ({"help_kind": "comfort", "help_content": "慰问", "help_cash": "-5"}, "不能是负数"),
        ({"help_kind": "goods", "help_content": "送种子", "help_quantity": "3"}, "物资"),
        ({"latitude": "95", "longitude": "104"}, "90"),
        ({"signature": SimpleUploadedFile("a.png", b"none")}, "不是能打开的照片"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_recorded(cadre, own, given, said):
    answer = sent(cadre, own[:1], **given)
    assert said in words_of(answer)
    assert "看了水窖" in answer.content.decode()
    assert [model.objects.count() for model in (Visit, Problem, Assistance)] == [0, 0, 0]


def test_topics_signature_and_position_are_kept(cadre, own):
    sent(
        cadre,
        own[:1],
        topics=["送政策", "送科技"],
        signature=picture("签名.png"),
        latitude="34.72134",
        longitude="104.89012",
    )
    visit = Visit.objects.get()
    assert (visit.topics, visit.latitude) == ("送政策、送科技", Decimal("34.72134"))
    file = visit.signatures.get()
    assert client_of(cadre).get(f"/files/{file.uuid}/").status_code == 200


def test_the_household_file_tells_all_of_it_in_one_line(cadre, own):
    sent(cadre, own[:1], problem_category="01", problem_text="冬天没水吃")
    sent(cadre, own[:1], help_kind="comfort", help_content="送米面", help_cash="300")
    words = words_of(client_of(cadre).get(f"/households/{own[0].pk}/"))
    for said in ("入户", "诉求 饮水", "冬天没水吃", "帮扶 慰问", "现金 300.00 元"):
        assert said in words


def test_the_home_shows_the_problem_with_its_day(cadre, own):
    sent(cadre, own[:1], problem_category="01", problem_text="冬天没水吃")
    words = words_of(client_of(cadre).get("/"))
    assert "没办结的诉求" in words
    assert "冬天没水吃" in words


def test_the_visit_shows_what_came_with_it(cadre, own):
    sent(cadre, own[:1], problem_category="01", problem_text="冬天没水吃")
    visit = Visit.objects.get()
    assert "这次登记的" in words_of(client_of(cadre).get(f"/visits/{visit.pk}/"))


def test_other_help_under_the_same_ref_shows_both_and_leads_to_the_help(cadre, own):
    form = {"ref": uuid4(), "help_kind": "comfort", "help_content": "送米面", "help_cash": "500"}
    sent(cadre, own[:1], **form)
    page = sent(cadre, own[:1], **{**form, "help_cash": "300"})
    assert page.status_code == 409
    assert "现金 300.00 500.00" in words_of(page)
    assert f'href="/assistance/{Assistance.objects.get().pk}/"' in page.content.decode()
