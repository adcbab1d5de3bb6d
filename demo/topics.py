"""八送 topics of a visit, derived from its text; most cadres tick them."""

import re
from functools import cache
from uuid import UUID

from core.word_lists import join_words
from visits.choices import Service

TICKED = 66
"""Percent of forms with topics, among those whose text mentions any."""
WORDS: dict[Service, str] = {
    Service.POLICY: "政策|低保|补助|补贴|救助|养老金|标准|合作医疗|理赔|助学贷款",
    Service.LAW: "吵了架|争执|老人看病的钱有意见|地界|纠纷",
    Service.CULTURE: "两本书|文化广场|看了作业|孩子念书|春联",
    Service.SCIENCE: "修剪|剪枝|剪了|农技|病害|技术|兽医|叶子带回去|养殖户|点种|铺了半天地膜|草帘",
    Service.PROJECT: "项目|危房改造|通社路|那段路|管道|水管|合作社|互助|小额贷款|双联贷款",
    Service.INFORMATION: "介绍|打工的钱|出门打工|在外打工|大户|电焊|劳务|联系收购|客商|销路|租过来|流转",
    Service.HEALTH: "看病|医生|卫生院|血压|复查|住院|病了|药费|些药|病历",
    Service.SERVICE: "帮着|送表|换证|证明|送一趟|代耕|帮工|补齐|电话里|打了电话|来电话|材料|记下",
}
PATTERNS = {service: re.compile(words) for service, words in WORDS.items()}
MOST = 3


def ticked(ref: UUID, content: str) -> str:
    """Return the topics of a form; who ticks none follows from the ref, so that no draw is needed."""
    return topics(content) if ref.int % 100 < TICKED else ""


@cache
def topics(content: str) -> str:
    found = [service.label for service, pattern in PATTERNS.items() if pattern.search(content)]
    return join_words(found[:MOST])
