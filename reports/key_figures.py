"""The key figures of the overview, each declared once: what it counts, how, and the list of what it counted."""

from django.urls import reverse

from core.figures import Figure
from core.periods import Period
from core.templatetags.look import yuan
from reports.overview import Figures, percent
from reports.report import of_indicator
from visits.indicators import CARD_HOUSEHOLDS, ENTERED_HOUSEHOLDS, ENTERED_TIMES, NIGHTS, VILLAGE_TIMES


def key_figures(whole: Figures, period: Period) -> list[Figure]:
    """Return the figures in the page's order; `whole` is said in some explanations."""
    return [*_households(whole, period), *_visits(period), *_late_and_cards(period), *_work(period)]


def _households(whole: Figures, period: Period) -> list[Figure]:
    households, visits = reverse("households"), reverse("visits")
    return [
        Figure(
            "已结对户",
            lambda row: row.paired,
            f"在册的贫困户里，{period.as_at}有联户干部的。迁出、注销的不算",
            lambda row: f"{households}?paired=yes&{period.query}",
            "户",
            lambda row: f"共 {row.registered:,} 户，未结对 {row.registered - row.paired:,}",
        ),
        of_indicator(
            ENTERED_HOUSEHOLDS,
            lambda row: row.entered,
            lambda row: f"{households}?visited=yes&{period.query}",
            among="在册的户里，这段时间",
            opens="覆盖是除以在册户。",
            note=lambda row: "" if row.coverage is None else f"覆盖 {row.coverage}%",
        ),
        of_indicator(
            ENTERED_TIMES,
            lambda row: row.times,
            lambda row: f"{visits}?{period.query}&entering=1",
            opens=f"点开是 {whole.entering:,} 条入户记录，同户同天的只算 1 次；"
            f"走访记录共 {whole.records:,} 条，电话 {whole.phone:,} 条和没有到户的不算。",
            note=lambda row: f"上年同期 {row.times_last_year:,}",
        ),
    ]


def _visits(period: Period) -> list[Figure]:
    visits = f"{reverse('visits')}?{period.query}"
    return [
        of_indicator(
            VILLAGE_TIMES,
            lambda row: row.village_times,
            lambda row: f"{visits}&inside=1",
            opens="点开是一条一条的走访。",
            note=lambda row: f"走访干部 {row.cadres:,} 人",
        ),
        of_indicator(
            NIGHTS,
            lambda row: row.nights,
            lambda row: f"{visits}&nights=1",
            opens="点开是住了村的走访。",
        ),
        Figure(
            "没办结的诉求",
            lambda row: row.open_problems,
            f"{period.as_at}还没有解决的诉求，不论哪天提出；并入别的只算一件，作废的不算。逾期是过了办结期限的",
            lambda row: f"{reverse('problems')}?status=open&at={period.on}" if row.open_problems else "",
            "件",
            lambda row: f"逾期 {row.overdue_problems:,} 件",
        ),
    ]


def _late_and_cards(period: Period) -> list[Figure]:
    visits = f"{reverse('visits')}?{period.query}"
    return [
        Figure(
            "补录",
            lambda row: row.late,
            "走访一天以后才录入的，照样计数，只做标记",
            lambda row: f"{visits}&late=1",
            "条",
            lambda row: f"占走访记录 {percent(row.late, row.records)}%" if row.records else "",
        ),
        of_indicator(
            CARD_HOUSEHOLDS,
            lambda row: row.cards,
            lambda row: f"{visits}&card=1" if row.cards else "",
            opens="点开是发了卡的走访。",
        ),
    ]


def _work(period: Period) -> list[Figure]:
    return [
        Figure(
            "帮扶实事",
            lambda row: row.help.items,
            "这段时间的帮扶，给几户的也是一件；属于项目的由项目资金算，不再计现金和折款。作废的不算",
            lambda row: f"{reverse('assistance')}?{period.query}" if row.help.items else "",
            "件",
            lambda row: f"现金 {yuan(row.help.cash)}，物资折款 {yuan(row.help.goods_value)}",
        ),
        Figure(
            "活动",
            lambda row: row.activities,
            "这段时间各单位的会议、学习、宣传和培训。作废的不算",
            lambda row: f"{reverse('activities')}?{period.query}" if row.activities else "",
            "次",
            lambda row: f"参加 {row.people:,} 人次",
        ),
    ]
