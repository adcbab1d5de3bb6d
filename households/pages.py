"""Forms on cadres, households and members, and the logged 查看 of an ID number."""

from urllib.parse import urlencode

from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from core.confirming import require_password
from core.models import Reveal
from core.oversight import note_look, note_number_use
from core.pages import form_page
from households import registering
from households.forms import TAKEN, HeadForm, HouseholdForm, MemberForm
from households.leaving import warning_of
from households.models import Household, Member
from households.numbers import is_taken
from units.access import (
    get_editable,
    get_visible,
    manager_required,
    office_required,
    recorder_required,
    user_of,
)
from units.forms import CadreForm, weighs
from units.models import Cadre


@manager_required
def cadre_edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Edit a cadre; redirect to the hand-over when one who leaves is still paired."""
    user = user_of(request)
    cadre = get_editable(Cadre.objects, user, pk=pk) if pk else None
    if cadre:
        note_look(user, cadre)
    form = CadreForm(request.POST or None, instance=cadre, user=user)
    back = reverse("cadre", args=[pk]) if pk else reverse("cadres")
    title = f"改{cadre}的资料" if cadre else "登记一名干部"
    if form.is_valid() and weighs(form):
        require_password(request)
    moved = form.keep_posting() if cadre and form.is_valid() else {}
    if moved:
        back = f"{reverse('cadre-transfer', args=[pk])}?{urlencode(moved)}"
    done = "别的资料已保存；调动要写日期，请接着办。" if moved else "干部资料已保存。"
    response = form_page(request, form, title=title, done=done, back=back)
    held = warning_of(cadre) if cadre and response.status_code == 302 else ""
    if not held:
        return response
    messages.warning(request, held)
    return redirect("hand-over", pk=pk)


@office_required
def household_new(request: HttpRequest) -> HttpResponse:
    user = user_of(request)
    form = HouseholdForm(request.POST or None, user=user)
    head_form = HeadForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and head_form.is_valid():
        household = _registered(user, form, head_form)
        if household:
            messages.success(request, f"已登记，户编号 {household.no}。")
            return redirect("household", pk=household.pk)
    return render(
        request,
        "households/new.html",
        {
            "page": {"title": "登记一户"},
            "form": form,
            "head_form": head_form,
            "cancel": reverse("households"),
            "keep": "household-new",
        },
    )


def _registered(user: Cadre, form: HouseholdForm, head_form: HeadForm) -> Household | None:
    """Save and return the new household; None when its head is already registered, with an error on the form."""
    household = form.save(commit=False)
    if not is_taken(head_form.cleaned_data["id_number"], household.village.place, by=user):
        try:
            return registering.register(household, head_form.head())
        except IntegrityError:  # the same person was registered by a concurrent request
            pass
    head_form.add_error("id_number", TAKEN)
    return None


@office_required
def household_edit(request: HttpRequest, pk: int) -> HttpResponse:
    user = user_of(request)
    household = get_editable(Household.objects, user, pk=pk)
    form = HouseholdForm(request.POST or None, instance=household, user=user)
    return form_page(
        request, form, title="改户资料", facts=household.no, done="已保存。", back=_page_of(household)
    )


@office_required
def member_new(request: HttpRequest, pk: int) -> HttpResponse:
    user = user_of(request)
    household = get_editable(Household.objects, user, pk=pk)
    form = MemberForm(request.POST or None, instance=Member(household=household), user=user)
    return form_page(
        request, form, title="加一名家庭成员", facts=household.no, done="已加上。", back=_page_of(household)
    )


@office_required
def member_edit(request: HttpRequest, pk: int) -> HttpResponse:
    user = user_of(request)
    member = get_editable(Member.objects.select_related("household"), user, pk=pk)
    form = MemberForm(request.POST or None, instance=member, user=user)
    return form_page(
        request, form, title=f"改{member}的资料", done="已保存。", back=_page_of(member.household)
    )


def _page_of(household: Household) -> str:
    return reverse("household", args=[household.pk])


@recorder_required
@require_POST
def reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """查看: return the whole ID number of one member as plain text, after logging who saw it."""
    user = user_of(request)
    member: Member = get_visible(Member.objects, user, pk=pk)
    number = member.id_number
    note_number_use(user, number, Reveal.Act.VIEW, member=member)
    headers = {"Cache-Control": "no-store"}
    return HttpResponse(number, content_type="text/plain; charset=utf-8", headers=headers)
