"""Pages about form versions: list, one version, its draft in Excel, publishing. Answers are elsewhere."""

import io
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from core.display import history_of
from core.downloads import log_download
from core.forms import key_of
from core.labels import label_of
from core.lists import Column, Listing, labels_of, link_to, list_page
from core.records import StaleRecord
from core.search import SearchForm
from core.sheets import SheetError
from surveys.definition import publishing
from surveys.definition.definition_workbook import differences, read_draft, write_draft
from surveys.definition.document import DefinitionError, beyond_limits
from surveys.definition.items import TYPES
from surveys.filling.browser import facts_for_browser, for_browser
from surveys.filling.checking import Known
from surveys.filling.forms import form_class
from surveys.filling.steps import steps_of
from surveys.models import Response, Survey
from units.access import get_editable, get_visible, office_required, user_of
from units.models import Cadre, today
from villages.models import Village

MAX_BYTES = 5 * 1024 * 1024
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class SurveySearch(SearchForm):
    placeholder = "名称或代码"
    status = forms.ChoiceField(
        label=label_of(Survey, "status"), choices=[("", "全部"), *Survey.Status.choices], required=False
    )

    def by_q(self, queryset: QuerySet[Survey], value: str) -> QuerySet[Survey]:
        return queryset.filter(title__contains=value) | queryset.filter(code__contains=value.upper())


def surveys(request: HttpRequest) -> HttpResponseBase:
    user = user_of(request)
    new = {"label": "新建一张表", "url": reverse("survey-new")}
    listing = Listing(
        title="调查表",
        of_people=False,
        unit="个版本",
        queryset=Survey.objects.visible_to(user),
        form=SurveySearch(request.GET),
        columns=[
            Column("名称", "title", sort="title"),
            Column("代码", "code", sort="code"),
            Column("版本", "edition", sort="edition"),
            Column("调查对象", "subject", show=labels_of(Survey.Subject)),
            Column("状态", "status", sort="status", show=labels_of(Survey.Status)),
            Column("发布日期", "published_on"),
            Column("停用日期", "closed_on"),
        ],
        sort="code",
        href=link_to("survey"),
        actions=[new] if user.is_office else [],
        empty={"text": "还没有调查表。"},
    )
    return list_page(request, listing)


def survey(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one version: its items, its rules, and the available actions."""
    user = user_of(request)
    survey: Survey = get_visible(Survey.objects.select_related("based_on"), user, pk=pk)
    form = survey.form
    return render(
        request,
        "surveys/survey.html",
        {
            "page": {
                "title": survey.title,
                "facts": f"版本 {survey.edition}，{survey.get_status_display()}",
                "crumbs": [("调查表", reverse("surveys"))],
            },
            "survey": survey,
            "form": form,
            "types": TYPES,
            "facts": [
                ("代码", survey.code),
                ("版本", survey.edition),
                ("调查对象", survey.get_subject_display()),
                ("状态", survey.get_status_display()),
                ("发布日期", survey.published_on),
                ("停用日期", survey.closed_on),
                ("题数", f"{len(form.items)} 题，{len(form.sections)} 部分"),
                ("上一版", survey.based_on.edition if survey.based_on else None),
            ],
            "editable": Survey.objects.editable_by(user).filter(pk=pk).exists(),
            "beyond": beyond_limits(form),
            "counted": Response.objects.visible_to(user).counted().filter(survey=survey).count(),
            "villages": Village.objects.visible_to(user)
            .current()
            .select_related("division")
            .order_by("code"),
            "year": today().year,
            "history": history_of(survey) if user.sees_place else None,
        },
    )


def survey_preview(request: HttpRequest, pk: int) -> HttpResponse:
    """Preview the form on one page, with working conditions and sums; nothing is sent."""
    survey: Survey = get_visible(Survey.objects, user_of(request), pk=pk)
    form = survey.form
    nothing = Known(header={})
    return render(
        request,
        "surveys/preview.html",
        {
            "page": {"title": f"试填{survey.title}"},
            "back": reverse("survey", args=[pk]),
            "survey": survey,
            "steps": [(step, form_class(step)().questions()) for step in steps_of(form) if step.items],
            "live": {
                "form": for_browser(form),
                "facts": facts_for_browser(form, nothing),
                "answers": {},
            },
        },
    )


class DraftForm(forms.Form):
    file = forms.FileField(
        label="改好的工作簿",
        help_text="Excel（.xlsx），最大 5 MB",
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx"}),
        error_messages={"required": "请先选一个文件。", "empty": "这个文件是空的，请换一个。"},
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def clean_file(self) -> dict[str, Any]:
        """Read the document; report each problem as a separate error."""
        upload: UploadedFile[Any] = self.cleaned_data["file"]
        if (upload.size or 0) > MAX_BYTES:
            raise ValidationError("文件超过 5 MB，请只留这张表。")
        try:
            return read_draft(upload.read(), upload.name or "")
        except SheetError as error:
            raise ValidationError(str(error)) from error
        except DefinitionError as error:
            raise ValidationError([f"{problem}。" for problem in error.problems]) from error


@office_required
def survey_new(request: HttpRequest) -> HttpResponse:
    """Create a new form from the edited workbook of another."""
    form = DraftForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                survey = publishing.new_draft(form.cleaned_data["file"], place=user_of(request).place)
        except IntegrityError:
            form.add_error("file", "这个代码的这个版本已经有了，请在“表”里改代码或版本。")
        else:
            messages.success(request, "草稿已建好，看一遍再发布。")
            return redirect("survey", pk=survey.pk)
    return _draft_page(request, form, "新建一张表", None)


@office_required
def survey_draft(request: HttpRequest, pk: int) -> HttpResponse:
    """Download the draft as a workbook, upload it, and show the differences from the previous version."""
    survey = _draft(user_of(request), pk)
    form = DraftForm(request.POST or None, request.FILES or None, initial={"version": survey.version})
    if request.method == "POST" and form.is_valid():
        survey.version = form.cleaned_data["version"] or 0
        try:
            with transaction.atomic():
                publishing.replace_draft(survey, form.cleaned_data["file"])
        except StaleRecord:
            form.add_error("file", "这份草稿刚刚被别人换过。请先下载现在的，把您的改动加进去再传。")
            survey = _draft(user_of(request), pk)
        except ValidationError as error:
            form.add_error("file", error)
            survey = _draft(user_of(request), pk)
        except IntegrityError:
            form.add_error("file", "这个版本号已经有了，请在“表”里改版本。")
            survey = _draft(user_of(request), pk)
        else:
            messages.success(request, "草稿已换成这份工作簿的内容。")
            return redirect("survey-draft", pk=pk)
    return _draft_page(request, form, f"修改{survey.title}的草稿", survey)


def _draft(user: Cadre, pk: int) -> Survey:
    """Return a draft that the office may change, else 404 (for a published version too)."""
    drafts = Survey.objects.filter(status=Survey.Status.DRAFT).select_related("based_on")
    survey: Survey = get_editable(drafts, user, pk=pk)
    return survey


def _draft_page(request: HttpRequest, form: DraftForm, title: str, survey: Survey | None) -> HttpResponse:
    before = survey.based_on if survey else None
    crumbs = [("调查表", reverse("surveys"))]
    if survey:
        crumbs.append((str(survey), reverse("survey", args=[survey.pk])))
    return render(
        request,
        "surveys/draft.html",
        {
            "page": {"title": title, "crumbs": crumbs},
            "form": form,
            "survey": survey,
            "before": before,
            "differences": differences(before.definition, survey.definition) if survey and before else None,
            "examples": Survey.objects.visible_to(user_of(request)).open() if survey is None else (),
        },
    )


@office_required
def survey_sheet(request: HttpRequest, pk: int) -> FileResponse:
    """Download the definition as a workbook with one row per item."""
    survey: Survey = get_visible(Survey.objects, user_of(request), pk=pk)
    log_download(request, f"{survey}的题目", filters="", row_count=len(survey.form.items))
    out = io.BytesIO()
    write_draft(out, survey.definition)
    out.seek(0)
    return FileResponse(
        out, as_attachment=True, filename=f"{survey.title}{survey.edition}题目.xlsx", content_type=EXCEL
    )


class EditionForm(forms.Form):
    edition = forms.CharField(
        label="下一版的版本号",
        max_length=20,
        help_text="如 2013.1",
        error_messages={"required": "请写版本号。"},
    )


@office_required
def survey_next(request: HttpRequest, pk: int) -> HttpResponse:
    """Start the next version as a copy in which every item continues its predecessor."""
    survey: Survey = get_editable(Survey.objects.published(), user_of(request), pk=pk)
    form = EditionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                draft = publishing.next_draft(survey, form.cleaned_data["edition"])
        except IntegrityError:
            form.add_error("edition", "这个版本号已经有了，请换一个。")
        else:
            messages.success(request, "下一版的草稿已建好，内容和这一版一样。")
            return redirect("survey-draft", pk=draft.pk)
    return render(
        request,
        "pages/form.html",
        {
            "page": {"title": f"{survey.title}的下一版", "crumbs": [("调查表", reverse("surveys"))]},
            "form": form,
            "submit": "建草稿",
            "cancel": reverse("survey", args=[pk]),
            "keep": f"survey-next-{pk}",
        },
    )


@office_required
def survey_publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for confirmation before publishing, which freezes the version."""
    survey = _draft(user_of(request), pk)
    if beyond_limits(survey.form):
        messages.warning(request, f"{survey}还不能发布，请先照下面的话改草稿。")
        return redirect("survey", pk=pk)
    open_now = Survey.objects.open().filter(place=survey.place, code=survey.code).first()
    if request.method == "POST":
        return _publish(request, survey)
    points = ["发布以后题目、选项、规则都不能再改，要改只能另起下一版。"]
    if open_now:
        drafts = Response.objects.filter(survey=open_now).exclude(pk__in=Response.objects.counted())
        points.append(
            f"在用的{open_now}同时停用，已提交的答卷照样计数；还有 {drafts.count():,} 份没有提交的草稿，"
            "不能再按旧版提交。"
        )
    return _confirm(request, survey, f"发布{survey}", points, "发布")


def _publish(request: HttpRequest, survey: Survey) -> HttpResponse:
    """Publish the draft as shown on the page; refuse if it has changed since."""
    survey.version = key_of(request.POST.get("version", "")) or survey.version
    try:
        publishing.publish(survey, on=today())
    except StaleRecord:
        messages.warning(request, "这份草稿刚刚被别人换过，没有发布，请再看一遍。")
        return redirect("survey-publish", pk=survey.pk)
    except IntegrityError:
        messages.warning(request, "刚刚有人发布了这张表的另一版，这一版没有发布，请看清再办。")
    else:
        messages.success(request, f"{survey}已发布，从今天起用它填。")
    return redirect("survey", pk=survey.pk)


@office_required
def survey_close(request: HttpRequest, pk: int) -> HttpResponse:
    survey: Survey = get_editable(Survey.objects.open(), user_of(request), pk=pk)
    if request.method == "POST":
        publishing.close(survey, on=today())
        messages.success(request, f"{survey}已停用。")
        return redirect("survey", pk=pk)
    points = ["停用以后不能再填、再交；已提交的答卷照样能看、能统计。", "不能恢复；要接着用，另起下一版。"]
    return _confirm(request, survey, f"停用{survey}", points, "停用")


def _confirm(
    request: HttpRequest, survey: Survey, title: str, points: list[str], submit: str
) -> HttpResponse:
    context = {
        "page": {"title": title, "crumbs": [("调查表", reverse("surveys"))]},
        "text": f"{survey.title}，版本 {survey.edition}，{len(survey.form.items)} 题。",
        "points": points,
        "version": survey.version,
        "submit": submit,
        "cancel": reverse("survey", args=[survey.pk]),
    }
    return render(request, "pages/confirm.html", context)
