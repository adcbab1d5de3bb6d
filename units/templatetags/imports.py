"""The step that follows an import, for `imports/_next.html`."""

from typing import NamedTuple

from django import template
from django.urls import reverse

from core.importing.batches import next_file
from core.importing.next_kinds import is_last, steps_of
from core.importing.sheet import kind_of
from core.models import ImportRun
from units.import_uploads import state_of
from units.models import Cadre

register = template.Library()


class NextStep(NamedTuple):
    label: str
    url: str


@register.simple_tag
def next_step(run: ImportRun, user: Cadre) -> NextStep:
    """Return the next file of the same upload, else the next kind that the office lacks, else where to go."""
    if file := next_file(run):
        url = reverse("import-run", args=[file.pk]) if file.kind else f"{reverse('imports')}#files"
        return NextStep(f"下一个文件：{file.filename}，{state_of(file)}", url)
    lacking = next((step.kind for step in steps_of(user.place) if step.is_lacking), None)
    if lacking:
        return NextStep(f"下一步：导入{lacking.label}", reverse("import-kind", args=[lacking.key]))
    if is_last(kind_of(run.kind)):
        return NextStep("看总览", reverse("home"))
    return NextStep("回到导入", reverse("imports"))
