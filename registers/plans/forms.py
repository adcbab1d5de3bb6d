"""Forms of projects, their money and progress, and of plans."""

from datetime import MAXYEAR, date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.template.defaultfilters import filesizeformat

from core.attachments import as_stored
from core.forms import (
    AmountField,
    ChineseDateField,
    CountField,
    OpenTextField,
    RecordForm,
    RowsField,
    key_of,
    limit,
)
from households.closing import problem_of_closing
from households.models import Household, HouseholdAway, HouseholdPlan, Measure
from units.days import problem_of_day
from units.models import Cadre, Unit
from villages.choices import offer_villages
from villages.models import (
    Project,
    ProjectFund,
    ProjectNote,
    ProjectPhoto,
    Village,
    VillageGoal,
    VillageNote,
    VillageNoteFile,
    VillagePlan,
)
from visits.fields import FilesField, HouseholdChoices, ManyFilesInput, PhotosField


def paragraph(most: int, *, required: bool = True, rows: int = 3) -> OpenTextField:
    """Return a text of some lines that may hold no ID number."""
    return OpenTextField(max_length=most, required=required, widget=forms.Textarea(attrs={"rows": rows}))


class DayPassed(ChineseDateField):
    """A day that has come."""

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value and (why := problem_of_day(value)):
            raise ValidationError(why)


class ProjectForm(RecordForm[Project]):
    content = paragraph(1000, required=False)
    starts_on = ChineseDateField(required=False)
    due_on = ChineseDateField(required=False)
    finished_on = DayPassed(required=False)
    progress = CountField(unit="%", most=100, help_text="%")
    benefit_households = CountField(unit="户", help_text="户")
    benefit_people = CountField(unit="人", help_text="人")

    class Meta:
        model = Project
        fields = (
            "name",
            "village",
            "unit",
            "kind",
            "status",
            "content",
            "starts_on",
            "due_on",
            "finished_on",
            "progress",
            "benefit_households",
            "benefit_people",
        )

    def __init__(self, *args: Any, user: Cadre, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_villages(self, Village.objects.visible_to(user).current())
        if user.is_office:
            limit(self, "unit", Unit.objects.visible_to(user))
        else:
            del self.fields["unit"]
            self.instance.unit = user.unit
        if self.instance.pk and self.instance.notes.filter(progress__isnull=False).exists():
            del self.fields["progress"]  # the notes say it

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        since, until = data.get("starts_on"), data.get("due_on")
        if since and until and until < since:
            self.add_error("due_on", "计划完工不能早于开工日期。")
        finished = data.get("finished_on")
        if since and finished and finished < since:
            self.add_error("finished_on", "完工日期不能早于开工日期。")
        if (
            data.get("status") == Project.Status.FINISHED
            and not finished
            and "finished_on" not in self.errors
        ):
            self.add_error("finished_on", "完工的项目要填完工日期。")
        return data


class FundForm(RecordForm[ProjectFund]):
    planned = AmountField(digits=14, help_text="元")
    arranged = AmountField(digits=14, help_text="元")
    spent = AmountField(digits=14, help_text="元")

    class Meta:
        model = ProjectFund
        fields = ("planned", "arranged", "spent")


class ProjectNoteForm(RecordForm[ProjectNote]):
    on = DayPassed()
    text = paragraph(500)
    photos = PhotosField(
        label="照片",
        required=False,
        widget=ManyFilesInput(attrs={"accept": "image/*", "data-shrink": "photos-told"}),
    )

    class Meta:
        model = ProjectNote
        fields = ("on", "progress", "text")

    def save(self, commit: bool = True) -> ProjectNote:
        """Save the note, and copy the progress of the newest one to the project."""
        note = super().save(commit)
        for photo in self.cleaned_data["photos"]:
            ProjectPhoto.objects.create(owner=note, file=photo, size=photo.size)
        Project.objects.select_for_update().get(pk=note.project_id).follow_notes()
        return note


class NoteRemovalForm(RecordForm[ProjectNote]):
    """The version of the note to be removed."""

    class Meta:
        model = ProjectNote
        fields = ()


class BeneficiariesForm(forms.Form):
    """The households of the village that a project serves; `seen` are those ticked when the page was opened."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    households = HouseholdChoices(
        label="受益户",
        queryset=Household.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple({"class": "form-check-input"}),
        error_messages={"invalid_choice": "勾选的户里有不在这个村的，请重新勾选。"},
    )

    def __init__(self, *args: Any, project: Project, user: Cadre, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        seen = Household.objects.visible_to(user).with_head().filter(village=project.village_id)
        limit(self, "households", seen.select_related("village").order_by("no"))
        self.began_on = project.starts_on
        self.served = set(project.beneficiaries.values_list("household", flat=True))
        self.initial = {"households": self.served, "seen": ",".join(map(str, sorted(self.served)))}

    def clean_households(self) -> QuerySet[Household]:
        """Refuse households closed before the project began; beneficiaries stay."""
        chosen: QuerySet[Household] = self.cleaned_data["households"]
        fresh = [household for household in chosen if household.pk not in self.served]
        if why := problem_of_closing(fresh, self.began_on):
            raise ValidationError(why)
        return chosen

    def changed(self) -> tuple[set[int], set[int]]:
        """Return (ticked, unticked) on this page; ticks set by others meanwhile stay."""
        chosen = {household.pk for household in self.cleaned_data["households"]}
        seen = {key_of(key) for key in self.cleaned_data["seen"].split(",")}
        return chosen - seen, seen - chosen


class VillagePlanForm(RecordForm[VillagePlan]):
    written_on = DayPassed()
    problems = paragraph(1000, required=False)
    approach = paragraph(1000, required=False)
    industry = paragraph(500, required=False, rows=2)

    class Meta:
        model = VillagePlan
        fields = ("written_on", "problems", "approach", "industry")


class GoalForm(RecordForm[VillageGoal]):
    done_on = DayPassed(required=False, help_text="完成了再填")

    class Meta:
        model = VillageGoal
        fields = ("year", "text", "done_on")


class FileChoices(RowsField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name}，{filesizeformat(obj.size)}"


class VillageNoteForm(RecordForm[VillageNote]):
    """A note with its files; ticked files are removed."""

    on = DayPassed()
    text = paragraph(1000)
    papers = FilesField(
        label="文件",
        required=False,
        widget=ManyFilesInput(
            attrs={"accept": "image/*,.pdf,.doc,.docx,.xls,.xlsx,.wps,.et", "data-shrink": "papers-told"}
        ),
        help_text="检测单、合同可以拍下来，也可以传 PDF、Word、Excel，每个最多 12 MB",
    )
    removed = FileChoices(
        label="去掉这些文件",
        queryset=VillageNoteFile.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="去掉以后打不开了，不能恢复",
        error_messages={"invalid_choice": "勾选的文件里有刚刚被别人去掉的，请再看一看。"},
    )

    class Meta:
        model = VillageNote
        fields = ("kind", "on", "text")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and self.instance.files.exists():
            limit(self, "removed", self.instance.files.all())
        else:
            del self.fields["removed"]

    def save(self, commit: bool = True) -> VillageNote:
        note = super().save(commit)
        for file in self.cleaned_data.get("removed", ()):
            file.delete()
        for file in self.cleaned_data["papers"]:
            VillageNoteFile.objects.create(owner=note, name=file.name, size=file.size, file=as_stored(file))
        return note


def _refuse_after_closing(form: RecordForm[Any], household: Household | None, name: str) -> None:
    """Refuse a day that was given or changed and lies after the closing day of the household."""
    household = household or getattr(form.instance, "household", None)
    day = form.cleaned_data.get(name)
    if not household or not day or name not in form.changed_data:
        return
    if why := problem_of_closing([household], day):
        form.add_error(name, why)


class HouseholdPlanForm(RecordForm[HouseholdPlan]):
    written_on = DayPassed()
    situation = paragraph(500, required=False)
    goal = paragraph(500)

    class Meta:
        model = HouseholdPlan
        fields = ("written_on", "situation", "goal")

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        _refuse_after_closing(self, data.get("household"), "written_on")
        return data


class MeasureForm(RecordForm[Measure]):
    done_on = DayPassed(required=False, help_text="完成了再填")

    class Meta:
        model = Measure
        fields = ("year", "text", "target", "expected_gain", "done_on", "result")

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        plan = data.get("plan") or getattr(self.instance, "plan", None)
        household = plan.household if plan else None
        _refuse_after_closing(self, household, "done_on")
        year = data.get("year") if "year" in self.changed_data else None
        if year and household and (why := problem_of_closing([household], date(min(year, MAXYEAR), 1, 1))):
            self.add_error("year", why)
        return data


class AwayForm(RecordForm[HouseholdAway]):
    started_on = DayPassed()
    ended_on = DayPassed(required=False, help_text="还没回来就空着")

    class Meta:
        model = HouseholdAway
        fields = ("started_on", "ended_on", "reason")

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        left, back = data.get("started_on"), data.get("ended_on")
        if left and back and back < left:
            self.add_error("ended_on", "回来日期不能早于外出日期。")
        _refuse_after_closing(self, data.get("household"), "started_on")
        return data
