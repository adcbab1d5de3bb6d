"""进展 of a project: write, correct and remove dated notes."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from core.display import history_of
from core.models import Change
from core.pages import form_page
from core.records import Record
from registers.plans.forms import NoteRemovalForm, ProjectNoteForm
from units.access import get_editable, get_visible, recorder_required, user_of
from units.context import frame_of
from units.models import Cadre
from villages.models import Project, ProjectFund, ProjectNote


def may_note(user: Cadre, project: Project) -> bool:
    return user.is_office or project.unit_id == user.unit_id


@recorder_required
def project_note(request: HttpRequest, pk: int) -> HttpResponse:
    """Write a dated progress note; every cadre of the unit may."""
    user = user_of(request)
    project: Project = get_visible(Project.objects, user, pk=pk)
    if not may_note(user, project):
        raise PermissionDenied("只有帮扶单位的人和双联办记进展。")
    return _note_form(request, ProjectNote(project=project, by=user), title="记进展", done="进展已记下。")


@recorder_required
def project_note_edit(request: HttpRequest, pk: int, note: int) -> HttpResponse:
    """Correct a note, or add photos to it."""
    notes = ProjectNote.objects.select_related("project")
    found = get_editable(notes, user_of(request), pk=note, project=pk)
    return _note_form(request, found, title="改进展", done="进展已保存。")


def _note_form(request: HttpRequest, note: ProjectNote, *, title: str, done: str) -> HttpResponse:
    return form_page(
        request,
        ProjectNoteForm(request.POST or None, request.FILES or None, instance=note),
        title=title,
        facts=str(note.project),
        done=done,
        back=_notes_of(note.project_id),
        frame=frame_of(user_of(request)),
    )


@recorder_required
def project_note_remove(request: HttpRequest, pk: int, note: int) -> HttpResponse:
    """Remove a note with its photos; if it was corrected meanwhile, show it again first."""
    user = user_of(request)
    get_visible(Project.objects, user, pk=pk)
    if not ProjectNote.objects.filter(pk=note, project=pk).exists():
        messages.warning(request, "这一条进展已经去掉了。")
        return redirect(_notes_of(pk))
    found: ProjectNote = get_editable(ProjectNote.objects.select_related("by"), user, pk=note, project=pk)
    form = NoteRemovalForm(request.POST or None, instance=found)
    if form.is_bound and form.is_valid():
        if _removed(found, form.cleaned_data["version"]):
            messages.success(request, "已去掉这条进展。")
            return redirect(_notes_of(pk))
        messages.warning(request, "您打开以后别人改过这一条，还没有去掉，请再看一看。")
        return redirect(request.path)
    return render(
        request,
        "pages/confirm.html",
        {
            "page": {"title": "去掉这条进展"},
            "frame": frame_of(user),
            "back": _notes_of(pk),
            "text": f"{found.on:%Y-%m-%d} {found.by}：{found.text}",
            "points": [
                f"照片 {found.photos.count()} 张一起去掉，不能恢复；写的字留在变动记录里。",
                "项目的进度照余下的进展里最新的一次；余下的都没有写进度的，不变。",
            ],
            "form": form,
            "submit": "去掉",
            "cancel": _notes_of(pk),
        },
    )


@transaction.atomic
def _removed(note: ProjectNote, version: int | None) -> bool:
    """Remove it; return False if it was corrected or removed since that version was read."""
    stored = ProjectNote.objects.select_for_update().filter(pk=note.pk, version=version or 0).first()
    if stored is None:
        return False
    stored.delete()
    Project.objects.select_for_update().get(pk=note.project_id).follow_notes()
    return True


def _notes_of(project: int) -> str:
    return f"{reverse('project', args=[project])}#notes"


def history_with_notes(project: Project, funds: Iterable[ProjectFund]) -> list[Any]:
    """Return the history of a project, its money and its notes, also of those taken away."""
    also: list[tuple[str, Record]] = [(f"{fund.get_source_display()}资金", fund) for fund in funds]
    also += [(f"{note.on:%Y-%m-%d} 的进展", note) for note in project.notes.all()]
    gone = Change.objects.filter(
        table=ProjectNote._meta.label_lower, act=Change.Act.DELETED, changes__project__0=project.pk
    )
    also += [("去掉的进展", ProjectNote(pk=change.row)) for change in gone]
    return history_of(project, 50, also=also)
