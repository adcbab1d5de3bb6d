"""Fill in a response on the phone: one section per step, then the check."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from core.forms import saved
from core.history import changes_of
from core.pages import form_page
from households.choices import Relation
from households.models import Household, Member
from surveys.definition.wording import conditions_of
from surveys.filling.browser import facts_for_browser, for_browser
from surveys.filling.check_pages import check_page
from surveys.filling.checking import Known, given
from surveys.filling.due import open_surveys, standings
from surveys.filling.forms import ItemsForm, form_class
from surveys.filling.household_facts_form import FactsForm, SurveyedMemberForm, header_facts, may_correct
from surveys.filling.response_draft import Draft, Remarks
from surveys.filling.rules import StepChanged, recall, save_step, start
from surveys.filling.steps import Step
from surveys.filling.subjects import find_subject, page_of, refusal
from surveys.models import Response, Survey
from units.access import get_editable, get_visible, recorder_required, user_of, written_for
from units.models import Cadre

BACK = "back"
"""The button 上一步: stores the input even if it is invalid."""


@recorder_required
@require_POST
def response_new(request: HttpRequest, pk: int) -> HttpResponse:
    """填调查表: get or create this year's response, for the user or a colleague of the same unit (`for`)."""
    user = user_of(request)
    survey: Survey = get_visible(Survey.objects.published(), user, pk=pk)
    cadre = written_for(user, request.POST.get("for", request.GET.get("for", "")))
    subject = find_subject(survey, request.GET.get(survey.subject, ""), author=user, cadre=cadre)
    if sentence := refusal(survey, subject):
        messages.warning(request, sentence)
        return redirect(page_of(user, subject))
    response = start(survey, subject, author=user, cadre=cadre)
    if not Response.objects.editable_by(user).filter(pk=response.pk).exists():
        messages.info(request, f"今年这张表由{response.surveyor}在填。")
        return redirect("response", pk=response.pk)
    return redirect("response-fill", pk=response.pk, step=Draft(response).reached)


@recorder_required
def response_for(request: HttpRequest) -> HttpResponse:
    """替同事填: choose a colleague of the same unit (`?for=`) and one of that cadre's households."""
    user = user_of(request)
    key = request.GET.get("for", "")
    chosen = written_for(user, key) if key else None
    households: list[Any] = []
    if chosen is not None:
        own = Household.objects.open_to(user, chosen).registered().with_head().select_related("village")
        households = list(own.order_by("no"))
    found = standings(open_surveys(user), households)
    return render(
        request,
        "surveys/for.html",
        {
            "page": {"title": "替同事填调查表"},
            "back": reverse("home"),
            "colleagues": Cadre.objects.colleagues_of(user).exclude(pk=user.pk).order_by("pinyin", "pk"),
            "chosen": chosen,
            "households": [(household, found[household]) for household in households],
        },
    )


@recorder_required
@never_cache
def response_fill(request: HttpRequest, pk: int, step: int) -> HttpResponse:
    """Show and store one step; the last one checks the whole response and submits it."""
    user = user_of(request)
    response = get_editable(Response.objects.whole(), user, pk=pk)
    if not response.is_draft:
        messages.info(request, "这份已经交了，要改的先收回。")
        return redirect("response", pk=pk)
    draft = Draft(response)
    if not 1 <= step <= len(draft.steps):
        raise Http404
    if step == len(draft.steps):
        return check_page(request, draft)
    page = _StepPage(request, user, draft, draft.steps[step - 1])
    return page.post() if request.method == "POST" else page.show()


class _StepPage:
    """One request of one step."""

    def __init__(self, request: HttpRequest, user: Cadre, draft: Draft, step: Step) -> None:
        self.request, self.user, self.draft, self.step = request, user, draft, step
        self.response = draft.response
        self.seen = self.response.household is None or may_correct(user, self.response)
        self.corrects = step.number == 1 and self.response.household is not None and self.seen
        data = request.POST if request.method == "POST" else None
        self.facts = self._facts_form(data) if self.corrects else None
        self.remarks = Remarks() if data is not None else draft.remarks(step)
        self.form: ItemsForm = form_class(step)(
            data,
            initial=draft.initial(step),
            before=draft.before,
            problems=self.remarks.errors,
            warnings=self.remarks.warnings,
            conditions=conditions_of(draft.definition),
        )

    def _facts_form(self, data: Any) -> FactsForm:
        return FactsForm(data, instance=self.response.household, definition=self.draft.definition)

    def post(self) -> HttpResponse:
        if self.facts is not None and not self.facts.is_valid():
            return self.show()
        try:
            with transaction.atomic():
                if self.facts is not None and not saved(self.facts):
                    return self.show(conflict=self.facts.conflict)
                stored = save_step(
                    self.response,
                    self.step,
                    self.form.sent(),
                    seen=self.request.POST.get("seen", ""),
                    overwrite=self.request.POST.get("overwrite", ""),
                )
        except StepChanged as changed:
            return self.show(conflict=self._conflict(changed.stored))
        messages.success(self.request, f"已存 {timezone.localtime():%H:%M}")
        return redirect("response-fill", pk=self.response.pk, step=self._next(stored))

    def _next(self, stored: Response) -> int:
        if self.request.POST.get("go") == BACK:
            return max(1, self.step.number - 1)
        stays = Draft(Response.objects.whole().get(pk=stored.pk)).remarks(self.step).stops
        return self.step.number if stays else self.step.number + 1

    def _conflict(self, stored: Response) -> dict[str, Any]:
        """Return both versions side by side, for `_conflict.html`."""
        theirs = Draft(Response.objects.whole().get(pk=stored.pk))
        mine, rows = self.form.sent(), []
        for item in self.step.items:
            pair = (given(mine.get(item.code)), given(theirs.stored(item.code)))
            if pair[0] != pair[1]:
                told = [item.as_typed(value) for value in pair]
                rows.append({"label": item.label, "mine": told[0], "stored": told[1]})
        newest = changes_of([theirs.response], 1)[0]
        return {
            "who": newest.by.name if newest.by else "",
            "at": newest.at,
            "version": theirs.mark(self.step),
            "rows": rows,
        }

    def show(self, conflict: dict[str, Any] | None = None) -> HttpResponse:
        draft, response = self.draft, self.response
        return render(
            self.request,
            "surveys/fill.html",
            {
                "page": {"title": response.survey.title},
                "back": page_of(self.user, draft.subject),
                "response": response,
                "draft": draft,
                "step": self.step,
                "form": self.form,
                "facts": self.facts,
                "remarks": self.remarks,
                "conflict": conflict,
                "live": self._live(),
                "since": f"{draft.last.year}年" if draft.last else "",
                "seen": self.request.POST.get("seen") or draft.mark(self.step),
                **(self._household() if self.step.number == 1 else {}),
            },
            status=409 if conflict else 200,
        )

    def _live(self) -> dict[str, Any]:
        """Return the data for `static/survey.js`: the form, the standing facts, the answers of the other
        steps.
        """
        draft = self.draft
        kept = self.response.answers.items()
        # Do not send current member data of a household that is no longer in scope.
        known = draft.known if self.seen else Known(header={}, previous=draft.known.previous)
        return {
            "form": for_browser(draft.definition),
            "facts": facts_for_browser(draft.definition, known),
            "answers": {code: answer for code, answer in kept if code not in self.step.codes},
        }

    def _household(self) -> dict[str, Any]:
        """Return the household facts shown on the first step."""
        household = self.response.household
        members: list[Member] = []
        if household is not None and self.corrects:
            members = list(Member.objects.current().filter(household=household).order_by("relation", "pk"))
        head = next((member for member in members if member.relation == Relation.HEAD), None)
        return {
            "known": header_facts(self.draft.definition, self.response, head),
            "members": [(member, self.draft.lacking.get(member.pk, [])) for member in members],
            "corrects": self.corrects,
        }


@recorder_required
def response_member(request: HttpRequest, pk: int, member: int | None = None) -> HttpResponse:
    """Add or correct a member of the surveyed household, or record that one has left."""
    user = user_of(request)
    response = get_editable(Response.objects.whole(), user, pk=pk)
    household = response.household
    if household is None:
        raise Http404
    rows = Member.objects.filter(household=household)
    found = get_object_or_404(rows, pk=member) if member else Member(household=household)
    if not response.is_draft or not may_correct(user, response):
        raise PermissionDenied("这户的家庭情况现在不归您改。")
    form = SurveyedMemberForm(
        request.POST or None, instance=found, definition=response.survey.form, user=user
    )
    return form_page(
        request,
        form,
        title=f"改{found}的情况" if member else "加一口人",
        done="已保存。",
        back=reverse("response-fill", args=[pk, 1]),
        frame="phone.html",
    )


@recorder_required
@require_POST
def response_recall(request: HttpRequest, pk: int) -> HttpResponse:
    """收回: recall a submitted response that is not accepted yet, to correct it."""
    response = get_editable(Response.objects, user_of(request), pk=pk)
    if response.status == Response.Status.SUBMITTED:
        recall(response)
        messages.success(request, "已收回，改好再交。")
    return redirect("response", pk=pk)
