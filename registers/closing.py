"""迁出、并入、分户、注销: close a household, after listing records of later days."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from core.display import history_of
from core.forms import key_of
from core.records import StaleRecord
from households.choices import Status
from households.forms import CloseForm
from households.models import Household
from units.access import get_editable, office_required, user_of
from visits.household_closing import LaterRecords, close_household, later_records


@office_required
def household_close(request: HttpRequest, pk: int) -> HttpResponse:
    """Close the household; later records are listed first, and voided only on request and with a reason."""
    user = user_of(request)
    household = get_editable(Household.objects, user, pk=pk)
    form = CloseForm(request.POST or None, user=user, household=household)
    later = None
    if request.method == "POST" and form.is_valid():
        later = later_records(household, form.cleaned_data["on"])
        if _settled(form, later) and _close(request, household, form):
            told = f"作废、退回了 {later.count} 条。" if later.count else ""
            messages.success(request, f"已办理，这户的记录都还在。{told}")
            return redirect("household", pk=pk)
    return render(
        request,
        "registers/household_close.html",
        {
            "page": {"title": "迁出、并入、分户、注销", "facts": household.no},
            "text": "这户不再列入在册户，现有的联户同时结束，家庭成员同日离户；走访等记录都保留，"
            "以后查找、看名单还是显示户主姓名。这一天以后的走访、帮扶、诉求和调查都不能再记。",
            "form": form,
            "later": later if later and later.count else None,
            "version": household.version,
            "submit": "办理",
            "cancel": reverse("household", args=[pk]),
        },
    )


def _settled(form: CloseForm, later: LaterRecords) -> bool:
    """Return whether there is no later record, or those listed on the page are to be voided."""
    if not later.count:
        return True
    if not form.cleaned_data["take_back"]:
        form.add_error(
            "on",
            f"这一天以后还有 {later.count} 条记录，列在上面。改成 {later.last_day} 或更晚；"
            "记错的，在下面勾选一起作废。",
        )
    elif form.cleaned_data["seen"] != later.mark:
        form.add_error(None, "刚刚又有人记了这户的，现在的列在上面，看清了再办。")
    elif not form.cleaned_data["reason"]:
        form.add_error("reason", "请写为什么作废。")
    return form.is_valid()


def _close(request: HttpRequest, household: Household, form: CloseForm) -> bool:
    """Close it, or put on the form what somebody else did since the page was opened."""
    household.version = key_of(request.POST.get("version", "")) or household.version
    data = form.cleaned_data
    try:
        close_household(
            household,
            status=Status(data["status"]),
            on=data["on"],
            successor=data["successor"],
            by=user_of(request),
            reason=data["reason"] if data["take_back"] else "",
        )
    except ValidationError as error:
        form.add_error(None, error)
        return False
    except StaleRecord as stale:
        newest = history_of(stale.stored, 1)[0]
        household.version = stale.stored.version
        now = Status(Household.objects.get(pk=household.pk).status).label
        form.add_error(
            None, f"打开以后有人改过这户（{newest.attribution}），现在是“{now}”，没有办理。看清了再办。"
        )
        return False
    return True
