"""导入: templates, uploads, check results, import, undo. Offices only."""

import io
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from core.confirming import password_again, require_password
from core.downloads import log_download
from core.heartbeat import worker_is_silent
from core.importing import answering, runs, tasks, workbooks
from core.importing.faults import faults_of
from core.importing.preview import coming_changes
from core.importing.questions import CONFIRMED, HIDDEN
from core.importing.sheet import ImportSheet, all_kinds, find_kind
from core.models import ImportRow, ImportRun, Spelling
from core.sheets import SheetError
from units.access import get_visible, office_required, user_of
from units.import_answers import AnswersForm, peek_of
from units.import_uploads import UploadForm, newest_uploads, take_uploads

ERRORS_SHOWN = 50
CHANGES_SHOWN = 20
RUNS_SHOWN = 20
Status = ImportRun.Status
GONE = "原表没有了：过了 30 天已经删除，或者这次没有检查出结果。"
NOT_YET = "表比较大，正在标注，过一两分钟再下载。"
NOBODY_WORKS = "后台任务现在没有运行，传上来的表在排队，等它起来就接着办。请告诉管服务器的人。"


@office_required
def imports(request: HttpRequest) -> HttpResponse:
    """Take files of any kind; list those uploaded last, the kinds in the order of filling, the newest runs.

    A file that is being checked asks with htmx for its own line.
    """
    user = user_of(request)
    runs.mark_broken()
    tasks.mark_lost()
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if form.is_valid():
        return take_uploads(request, form)
    context = {"uploads": newest_uploads(user)}
    if request.headers.get("HX-Request"):
        return render(request, "imports/_files.html", context)
    return render(
        request,
        "imports/index.html",
        {
            **context,
            "page": {"title": "导入", "facts": "有什么表传什么表，不用改表头；检查不改任何数据"},
            "form": form,
            "kinds": all_kinds(),
            "spellings": Spelling.objects.visible_to(user).count(),
            "waiting": _why_waiting(),
            "runs": _named(ImportRun.objects.visible_to(user).select_related("by")[:RUNS_SHOWN]),
        },
    )


@office_required
def import_kind(request: HttpRequest, kind: str) -> HttpResponse:
    """Upload workbooks of one kind."""
    user, sheet = user_of(request), _sheet(kind)
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if form.is_valid():
        return take_uploads(request, form, sheet)
    return render(
        request,
        "imports/kind.html",
        {
            "page": {"title": f"导入{sheet.label}", "crumbs": [("导入", reverse("imports"))]},
            "sheet": sheet,
            "before": [found for key in sheet.after if (found := find_kind(key))],
            "form": form,
            "waiting": _why_waiting(),
            "runs": _named(
                ImportRun.objects.visible_to(user).filter(kind=kind).select_related("by")[:RUNS_SHOWN]
            ),
        },
    )


@office_required
def import_template(request: HttpRequest, kind: str) -> HttpResponseBase:
    sheet = _sheet(kind).fitted(user_of(request).place)
    return _workbook(workbooks.template(sheet), workbooks.template_name(sheet))


@office_required
def import_run(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one run in any state. While it is processed, htmx polls its progress every second."""
    runs.mark_broken()
    tasks.mark_lost()
    user = user_of(request)
    run: ImportRun = get_visible(ImportRun.objects.select_related("by"), user, pk=pk)
    if request.headers.get("HX-Request"):
        if not run.is_running:
            return HttpResponse(headers={"HX-Refresh": "true"})
        return render(request, "_job.html", {"progress": _progress(run)})
    if not run.is_running:
        runs.note_seen(run)
    warned = ImportRow.objects.filter(run=run, warnings__isnull=False).order_by("number")
    sheet, is_own = _sheet(run.kind), run.by_id == user.pk
    faults = faults_of(run, sheet, is_uploader=is_own) if run.wrong_count else []
    changes = coming_changes(run, CHANGES_SHOWN) if run.status == Status.CHECKED and run.changed_count else []
    return render(
        request,
        "imports/run.html",
        {
            "page": {
                "title": f"导入{sheet.label}",
                "facts": f"{run.filename}，{run.total_rows:,} 行，{run.by.name} "
                f"{timezone.localtime(run.uploaded_at):%-m月%-d日 %H:%M} 上传",
                "crumbs": [
                    ("导入", reverse("imports")),
                    (sheet.label, reverse("import-kind", args=[run.kind])),
                ],
            },
            "run": run,
            "step": _step(run),
            "running": run.is_running,
            "progress": _progress(run),
            "good": run.created_count + run.changed_count,
            "faults": faults,
            "cells": sum(fault.count for fault in faults),
            "form": AnswersForm(run, is_uploader=is_own)
            if run.status == Status.CHECKED and run.questions
            else None,
            "asked": _count_asked(run, is_uploader=is_own),
            "peek": peek_of(run),
            "warnings": [
                (row.number, error) for row in warned[:ERRORS_SHOWN] for error in row.warnings or []
            ],
            "warned_more": max(0, warned.count() - ERRORS_SHOWN),
            "changes": changes,
            "changed_more": max(0, run.changed_count - len({number for number, _ in changes})),
            "may_be_marked": workbooks.may_be_marked(run),
            "is_own": is_own,
            "is_marked": workbooks.is_ready(run),
            "why_not_undo": runs.why_not_undo(run) if run.status == Status.DONE else "",
            "may_check": run.status in {Status.STOPPED, Status.BROKEN} and not run.applied_at,
        },
    )


def _count_asked(run: ImportRun, *, is_uploader: bool) -> int:
    """Count the questions that the reader sees. A doubtful number is nobody's but the uploader's."""
    unseen = {HIDDEN} if is_uploader else {HIDDEN, CONFIRMED}
    return sum(question["section"] not in unseen for question in run.questions)


@office_required
@require_POST
def import_act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Check again, take or drop answers, apply (all rows, or without those in error), or stop."""
    run: ImportRun = get_visible(ImportRun.objects, user_of(request), pk=pk)
    try:
        if act == "check":
            tasks.queue_check(run)
        elif act == "apply":
            _require_password(request, run)
            tasks.queue_apply(run, partial=run.wrong_count > 0)
        elif act == "forget":
            answering.forget(run)
            tasks.queue_check(run)
        elif act == "answer":
            _take_answers(request, run)
        elif act == "stop":
            runs.ask_stop(run)
        else:
            raise Http404
    except runs.NotNow as why:
        messages.warning(request, str(why))
    return redirect("import-run", pk=pk)


def _take_answers(request: HttpRequest, run: ImportRun) -> None:
    """Take the answers and check again; import if they are those of the check that the clerk saw."""
    form = AnswersForm(run, request.POST, is_uploader=run.by_id == user_of(request).pk)
    if not form.is_valid():
        problems = (sentence for sentences in form.errors.values() for sentence in sentences)
        messages.warning(request, f"没有收下：{next(problems)}")
        return
    answered, heading_row = list(form.answered()), form.cleaned_data["heading_row"]
    is_new = heading_row or any(answer != question["chosen"] for question, answer in answered)
    if request.POST.get("then") == "apply" and not is_new:
        _require_password(request, run)
        tasks.queue_apply(run, partial=run.wrong_count > 0)
    else:
        answering.take(run, answered, heading_row)
        tasks.queue_check(run)
        if request.POST.get("then") == "apply":
            messages.warning(request, "答案变了，先照新的答案再检查一次，看过再导入。")
    answering.remember(run, form.remembered(), user_of(request))


def _require_password(request: HttpRequest, run: ImportRun) -> None:
    """Require the password for a sheet of cadres: applying or undoing it changes roles and accounts."""
    if run.kind == "cadres":
        require_password(request)


@office_required
def import_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """撤销整批: undo a run after showing what that deletes and restores."""
    user = user_of(request)
    run: ImportRun = get_visible(ImportRun.objects, user, pk=pk)
    why_not = runs.why_not_undo(run)
    if why_not:
        messages.warning(request, why_not)
        return redirect("import-run", pk=pk)
    if request.method == "POST":
        _require_password(request, run)
        try:
            tasks.queue_undo(run, user.pk)
        except runs.NotNow as why:
            messages.warning(request, str(why))
        return redirect("import-run", pk=pk)
    return render(
        request,
        "pages/confirm.html",
        {
            "page": {"title": "撤销这次导入", "facts": run.filename},
            "points": [
                f"这次新增的 {run.created_count:,} 行会删去",
                f"这次改过的 {run.changed_count:,} 行改回导入以前的样子",
                "撤销也记在每一行的变动记录里",
            ],
            "submit": f"撤销 {run.created_count + run.changed_count:,} 行",
            "cancel": reverse("import-run", args=[pk]),
        },
    )


@office_required
@password_again
def import_marked(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Return the clerk's workbook with errors marked and assigned numbers filled in.

    It contains what she typed, including whole ID numbers, so nobody else may download it.
    """
    user = user_of(request)
    run: ImportRun = get_visible(ImportRun.objects, user, pk=pk)
    if run.by_id != user.pk:
        raise PermissionDenied("标注后的原表里是完整的身份证号，只有上传的人能下载。")
    if not workbooks.may_be_marked(run):
        messages.warning(request, GONE)
    elif not workbooks.is_ready(run):
        tasks.queue_mark(run)
        messages.warning(request, NOT_YET)
        if waiting := _why_waiting():
            messages.warning(request, waiting)
    else:
        try:
            marked = workbooks.marked_workbook(run)
        except SheetError as error:
            messages.warning(request, str(error))
        else:
            log_download(request, f"标注后的原表：{run.filename}", filters="", row_count=run.total_rows)
            return _workbook(marked, workbooks.marked_name(run))
    return redirect("import-run", pk=pk)


def _why_waiting() -> str:
    """Return a sentence when no worker is alive, else ''."""
    return NOBODY_WORKS if worker_is_silent() else ""


def _sheet(kind: str) -> ImportSheet:
    sheet = find_kind(kind)
    if sheet is None:
        raise Http404("没有这种表。")
    return sheet


def _named(found: Any) -> list[tuple[ImportRun, str]]:
    labels = {sheet.key: sheet.label for sheet in all_kinds()}
    return [(run, labels.get(run.kind, run.kind)) for run in found]


def _workbook(data: bytes, filename: str) -> HttpResponseBase:
    return FileResponse(io.BytesIO(data), as_attachment=True, filename=filename)


def _step(run: ImportRun) -> int:
    """Return the step: 上传 1, 检查 2, 确认 3, 完成 4."""
    if run.status in {Status.DONE, Status.UNDONE, Status.UNDOING}:
        return 4
    return 3 if run.status in {Status.CHECKED, Status.APPLYING} else 2


def _progress(run: ImportRun) -> dict[str, Any]:
    title = run.get_status_display()
    if run.total_rows:
        title = f"{title}，第 {run.done_rows:,} 行，共 {run.total_rows:,} 行"
    return {
        "title": title,
        "done": run.done_rows,
        "total": run.total_rows,
        "left": "",
        "note": _why_waiting() if run.status == Status.QUEUED else "",
        "poll": reverse("import-run", args=[run.pk]),
        "stop": reverse("import-act", args=[run.pk, "stop"])
        if run.status in {Status.QUEUED, Status.CHECKING}
        else "",
    }
