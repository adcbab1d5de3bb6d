"""复核: read responses in the admin, accept them or return them with a reason; answers cannot be edited there."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin import RelatedOnlyFieldListFilter
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from core.lists import yes_no
from households.admin import head_of, heads_of, people
from surveys.models import Response
from surveys.review.difference import difference
from units.access import user_of
from units.admin_export import export_rows
from units.admin_lists import Seen
from units.admin_reason import AdminReasonForm, ask_reason
from units.models import Cadre, today
from units.scoped_admin import MANAGERS, ReadOnlyAdmin

MOST_AT_ONCE = 200


@admin.action(description="复核通过所选", permissions=["review"])
def accept_selected(
    model_admin: admin.ModelAdmin[Response], request: HttpRequest, queryset: QuerySet[Response]
) -> None:
    waiting = _reviewable(request, queryset).filter(status=Response.Status.SUBMITTED)
    with transaction.atomic():
        found = list(waiting.select_for_update())
        for response in found:
            response.accept(by=user_of(request), on=today())
    if found:
        messages.success(request, f"复核通过 {len(found)} 份。")
    else:
        messages.warning(request, "勾选的里面没有等您复核的。自己调查的由双联办复核。")


@admin.action(description="退回所选", permissions=["review"])
def return_selected(
    model_admin: admin.ModelAdmin[Response], request: HttpRequest, queryset: QuerySet[Response]
) -> TemplateResponse | None:
    """Ask for a reason, then return those that the user may; the surveyor sees the reason and continues."""
    rows = _reviewable(request, queryset)
    count = rows.count()
    if not 0 < count <= MOST_AT_ONCE:
        messages.warning(request, f"一次退回 1 到 {MOST_AT_ONCE} 份，勾选的里面能退回的有 {count} 份。")
        return None
    form = AdminReasonForm(request, "退回")
    if form.is_valid():
        with transaction.atomic():
            for response in rows.select_for_update():
                response.give_back(by=user_of(request), on=today(), reason=form.cleaned_data["reason"])
        messages.success(request, f"已退回 {count} 份，不再计数，调查人会看到原因。")
        return None
    named = rows.select_related("survey", "household", "village")
    text = "退回的答卷不再计数，由调查人照原因改好再交。"
    return ask_reason(
        model_admin,
        request,
        named,
        form,
        action="return_selected",
        verb="退回",
        text=text,
        count=f"{count} 份答卷",
    )


def _reviewable(request: HttpRequest, queryset: QuerySet[Response]) -> QuerySet[Response]:
    ticked = queryset.order_by().values("pk")
    return Response.objects.reviewable_by(user_of(request)).filter(pk__in=ticked).order_by("pk")


@admin.register(Response)
class ResponseAdmin(ReadOnlyAdmin):
    page = "response"
    change_form_template = "admin/response.html"
    fields = (
        ("survey", "year", "status"),
        ("head", "village"),
        ("surveyed_on", "surveyor", "unit"),
        ("entered_by", "signature"),
        ("submitted_at", "reviewed_by", "reviewed_on"),
        "review_note",
        "changed",
        "confirmed_words",
        "answers_told",
    )
    actions = (export_rows, accept_selected, return_selected)
    list_display = (
        "surveyed_on",
        "head",
        "village",
        "survey",
        "year",
        "status",
        "surveyor",
        "unit",
        "doubts",
        "reviewed_by",
        "review_note",
    )
    list_filter = (
        "status",
        "year",
        ("survey", Seen),
        ("village__division", RelatedOnlyFieldListFilter),
        ("unit", Seen),
    )
    search_fields = ("surveyor__name", "surveyor__pinyin", "surveyor__initials", "village__name")
    search_help_text = "户主、调查人、村"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        names = ("survey", "village", "surveyor", "unit", "reviewed_by", heads_of("household"))
        return super().get_queryset(request).prefetch_related(*names)

    def matches(self, word: str, user: Cadre) -> Q:
        return super().matches(word, user) | Q(household__in=people(word, user).values("household"))

    def has_review_permission(self, request: HttpRequest) -> bool:
        return user_of(request).role in MANAGERS

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        reviewable = Response.objects.reviewable_by(user_of(request))
        context["reviewable"] = reviewable.filter(pk=context["original"].pk).exists()
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description="户主")
    def head(self, response: Any) -> str:
        return head_of(response.household)

    @admin.display(description="被调查人签字确认")
    def signature(self, response: Response) -> str:
        return yes_no(response.signed)

    @admin.display(description="要核对的")
    def doubts(self, response: Response) -> int:
        return len(response.confirmed)

    @admin.display(description="和上次比")
    def changed(self, response: Response) -> str:
        found = difference(response, response.previous())
        return found.glance if found else "第一次填"

    @admin.display(description="核对过的提醒")
    def confirmed_words(self, response: Response) -> SafeString:
        said = [
            (rule.message, response.confirmed[rule.code])
            for rule in response.survey.form.rules
            if rule.code in response.confirmed
        ]
        return format_html_join("", "<p>{}：{}</p>", said)

    @admin.display(description="答案")
    def answers_told(self, response: Response) -> SafeString:
        told = [
            (item.code, item.label, item.as_typed(response.answers.get(item.code)), item.unit)
            for item in response.survey.form.asked
            if item.code in response.answers
        ]
        return format_html_join("", "<p>{} {}：{} {}</p>", told)
