"""Forms of problems: registering one, moving one on, joining several."""

from typing import Any
from uuid import uuid4

from django import forms

from core.forms import ChineseDateField, limit
from core.labels import label_of
from households.models import Household, head_or
from units.models import Cadre, today
from villages.choices import offer_villages
from villages.models import Village
from visits.choices import Category
from visits.fields import TAPPED, PlainText
from visits.idempotency import sent_ref
from visits.models import Problem, ProblemMove, ProblemStatus, Visit
from visits.problems.rules import SAYS_WHY, RaisedProblem, joinable, owners


class ProblemForm(forms.Form):
    """What is difficult, for a household that the page named, or for a village."""

    ref = forms.UUIDField(widget=forms.HiddenInput)
    category = forms.ChoiceField(
        label="什么困难",
        choices=Category.choices,
        widget=forms.RadioSelect(TAPPED),
        error_messages={"required": "请选是哪一类困难。"},
    )
    description = PlainText(
        label="说说情况",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3, "class": "form-control"}),
        error_messages={"required": "请写几个字：什么困难，想要怎么办。"},
    )
    village = forms.ModelChoiceField(
        label="哪个村",
        queryset=Village.objects.none(),
        required=False,
        empty_label="没有选",
        error_messages={"invalid_choice": "这个村不归您管，请重新选。"},
    )
    raised_on = ChineseDateField(label=label_of(Problem, "raised_on"), initial=today)
    due_on = ChineseDateField(
        label=label_of(Problem, "due_on"), required=False, help_text="空着的，按工作日自动算"
    )

    def __init__(self, *args: Any, user: Cadre, household: Household | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.household = user, household
        self.fields["ref"].initial = uuid4()
        if household:
            del self.fields["village"]
        else:
            offer_villages(self, Village.objects.visible_to(user).current())
            self.fields["village"].widget.attrs["class"] = "form-select"
        for name in ("raised_on", "due_on"):
            self.fields[name].widget.attrs["class"] = "form-control"

    def raised(self, visit: Visit | None) -> RaisedProblem:
        """Return what a valid form says."""
        said = {**self.cleaned_data, "ref": sent_ref(self)}
        return RaisedProblem(author=self.user, household=self.household, visit=visit, **said)


class VisitChoices(forms.ModelChoiceField[Visit]):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.visited_on:%Y-%m-%d} {obj.get_kind_display()}，{obj.cadre}"


class MoveForm(forms.Form):
    """One step on; the version says whether somebody else moved it meanwhile."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    to = forms.ChoiceField(
        label="办到哪一步", widget=forms.RadioSelect(TAPPED), error_messages={"required": "请选下一步。"}
    )
    on = ChineseDateField(label="哪天", initial=today, required=False, help_text="空着就是今天")
    word = PlainText(
        label=label_of(ProblemMove, "word"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "class": "form-control"}),
        help_text="解决了写怎么解决的，暂不能解决写为什么",
    )
    owner = forms.ModelChoiceField(
        label="交给谁办", queryset=Cadre.objects.none(), required=False, empty_label="不变"
    )
    visit = VisitChoices(
        label="哪次走访问的",
        queryset=Visit.objects.none(),
        required=False,
        empty_label="没有选",
        help_text="回访确认的可以选",
    )

    def __init__(self, *args: Any, problem: Problem, user: Cadre, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"].initial = problem.version
        steps = self.fields["to"]
        assert isinstance(steps, forms.ChoiceField)
        steps.choices = [(status, step_label(problem, status)) for status in problem.next_statuses]
        if not SAYS_WHY.intersection(problem.next_statuses):
            self.fields["word"].help_text = ""
        self.fields["on"].widget.attrs.update({"max": today().isoformat(), "class": "form-control"})
        owner = self.fields["owner"]
        assert isinstance(owner, forms.ModelChoiceField)
        owner.queryset = owners(problem)
        owner.widget.attrs["class"] = "form-select"
        if not (user.is_office or user.is_leader):
            del self.fields["owner"]
        self._offer_visits(problem, user)

    def _offer_visits(self, problem: Problem, user: Cadre) -> None:
        """To the family since it spoke of the difficulty, when the next step may be its word on it."""
        there = Visit.objects.visible_to(user).counted().filter(household=problem.household_id)
        since = there.filter(visited_on__gte=problem.raised_on).select_related("cadre")
        if ProblemStatus.CONFIRMED in problem.next_statuses and problem.household_id and since.exists():
            limit(self, "visit", since.order_by("-visited_on", "-pk"))
            self.fields["visit"].widget.attrs["class"] = "form-select"
        else:
            del self.fields["visit"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("visit") and data.get("to") != ProblemStatus.CONFIRMED:
            self.add_error("visit", "只有回访确认才选走访，这一步请选“没有选”。")
        return data

    def written(self) -> dict[str, Any]:
        """Return what was chosen and typed, for a page that continues from the problem's present state."""
        return {name: self.data.get(name, "") for name in ("to", "on", "word", "owner", "visit")}


def step_label(problem: Problem, status: ProblemStatus) -> str:
    """Back to 办理 from 解决 on is 重新打开."""
    settled = {ProblemStatus.SOLVED, ProblemStatus.SHELVED, ProblemStatus.CONFIRMED, ProblemStatus.CLOSED}
    return "重新打开" if status == ProblemStatus.HANDLING and problem.status in settled else str(status.label)


class ProblemsToJoinField(forms.ModelMultipleChoiceField[Problem]):
    def label_from_instance(self, obj: Any) -> str:
        return f"{head_or(obj, '本村')}：{obj.description[:40]}"


class JoinForm(forms.Form):
    """The same difficulty of other families of the village."""

    others = ProblemsToJoinField(
        label="并进来的",
        queryset=Problem.objects.none(),
        widget=forms.CheckboxSelectMultiple({"class": "form-check-input"}),
        error_messages={
            "required": "请勾选要并进来的诉求。",
            "invalid_choice": "勾选的里面有不能并的，请重新勾选。",
        },
    )

    def __init__(self, *args: Any, problem: Problem, user: Cadre, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["others"]
        assert isinstance(field, forms.ModelMultipleChoiceField)
        field.queryset = joinable(problem, user)
