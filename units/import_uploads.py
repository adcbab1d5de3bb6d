"""Uploads of 导入: several files at once, the kinds that were guessed, and changing one."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from core.identity import hide_numbers
from core.importing import runs, uploading
from core.importing.batches import newest_files
from core.importing.guessing import guess_kinds
from core.importing.sheet import ImportSheet, all_kinds, find_kind
from core.models import ImportRun
from core.sheets import MAX_FILE_BYTES, SheetError
from units.access import get_editable, office_required, user_of
from units.models import Cadre

MOST = f"{MAX_FILE_BYTES >> 20} MB"
MOST_FILES = 30
"""Each takes up to half a second to be looked at."""
Status = ImportRun.Status


class SheetsInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class SheetsField(forms.FileField):
    """Uploaded files as a list."""

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[Any]]:
        if not data:
            raise forms.ValidationError(self.error_messages["required"])
        if len(data) > MOST_FILES:
            raise forms.ValidationError(f"一次最多传 {MOST_FILES} 个文件，其余的下次再传。")
        return list(data)


class UploadForm(forms.Form):
    """Files that are too large or empty are named in `refused`; the others are taken all the same."""

    file = SheetsField(
        label="工作簿",
        help_text=f"可以一次选几个：Excel（.xlsx、.xls）、CSV，或 ODK Central 导出的 zip，每个最大 {MOST}",
        widget=SheetsInput(attrs={"accept": ".xlsx,.xls,.xlsm,.csv,.zip", "class": "form-control"}),
        error_messages={"required": "请先选一个文件。"},
    )

    def clean_file(self) -> list[UploadedFile[Any]]:
        uploads: list[UploadedFile[Any]] = self.cleaned_data["file"]
        self.refused = [sentence for upload in uploads if (sentence := _why_not(upload))]
        good = [upload for upload in uploads if not _why_not(upload)]
        if not good:
            raise forms.ValidationError(self.refused)
        return good


def _why_not(upload: UploadedFile[Any]) -> str:
    name = hide_numbers(upload.name or "")
    if not upload.size:
        return f"“{name}”是空的，请换一个。"
    return f"“{name}”这个文件超过 {MOST}，请拆成几个再传。" if upload.size > MAX_FILE_BYTES else ""


def take_uploads(request: HttpRequest, form: UploadForm, kind: ImportSheet | None = None) -> HttpResponse:
    """Take the files of a valid form, of the given kind or each of its guessed one, and show what became of
    them.
    """
    user, refused = user_of(request), list(form.refused)
    found = []
    for upload in form.cleaned_data["file"]:
        name, data = upload.name, upload.read()
        try:
            kinds = [kind] if kind else guess_kinds(data, name, user.place)
        except SheetError as error:
            refused.append(f"“{hide_numbers(name)}”没有收下：{error}")
        else:
            found.append(uploading.NewFile(name, data, kinds))
    for sentence in refused:
        messages.warning(request, sentence)
    taken = uploading.take(found, user)
    if len(taken) == 1 and taken[0].kind:
        return redirect("import-run", pk=taken[0].pk)
    return redirect(f"{reverse('imports')}#files" if taken else request.path)


def newest_uploads(user: Cadre) -> list[dict[str, Any]]:
    """Return the files uploaded last with kind, state and what to do, for `imports/_files.html`."""
    return [
        {
            "run": run,
            "kind": find_kind(run.kind),
            "state": state_of(run),
            "choices": list(_choices(run)) if uploading.may_sort(run) else [],
        }
        for run in newest_files(user)
    ]


def state_of(run: ImportRun) -> str:
    """Return what is left to do with a file, in a few words."""
    if run.status != Status.CHECKED:
        return run.get_status_display()
    if waiting := len(run.open_questions):
        return f"还有 {waiting} 件必答"
    good = run.created_count + run.changed_count
    if run.wrong_count:
        return f"{run.wrong_count:,} 行要改" + (f"，{good:,} 行可以导入" if good else "")
    return f"{good:,} 行可以导入" if good else "和系统里一样"


def _choices(run: ImportRun) -> Iterator[tuple[ImportSheet, bool]]:
    """Yield the kinds to choose from and whether one is chosen: those that the headings are like come first."""
    likely = run.layout.get("kinds", []) if run.status == Status.UNSORTED else []
    for kind in sorted(all_kinds(), key=lambda kind: kind.key not in likely):
        yield kind, kind.key == run.kind


@office_required
@require_POST
def import_sort(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a file for one of the chosen kind, and check it again."""
    run = get_editable(ImportRun.objects, user_of(request), pk=pk)
    kind = find_kind(request.POST.get("kind", ""))
    try:
        if kind is None:
            messages.warning(request, f"请选“{run.filename}”是哪一种表。")
        elif kind.key != run.kind:
            uploading.sort(run, kind)
            messages.success(request, f"“{run.filename}”照“{kind.label}”再检查。")
    except runs.NotNow as why:
        messages.warning(request, str(why))
    return redirect(f"{reverse('imports')}#files")
