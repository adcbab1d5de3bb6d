"""核对提交: everything that prevents submission, the confirmations of warnings, the signature."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from core.forms import PictureField
from core.records import StaleRecord
from surveys.definition.document import Rule
from surveys.filling.household_facts_form import may_correct
from surveys.filling.response_draft import Draft
from surveys.filling.rules import NotReady, submit
from surveys.models import Response
from units.access import user_of

LONGEST_WORD = 100


class CheckForm(forms.Form):
    """A confirmation for each warning, and the household's signature."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    signed = forms.BooleanField(label="被调查人看过，签字确认", required=False)
    signature = PictureField(
        label="签字", required=False, widget=forms.FileInput(attrs={"accept": "image/*"})
    )

    def __init__(self, *args: Any, warnings: list[Rule], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rules = {f"word-{rule.code}": rule for rule in warnings}
        for name, rule in self.rules.items():
            self.fields[name] = forms.CharField(
                label=rule.message,
                max_length=LONGEST_WORD,
                help_text="核对过没有错的，写几个字说明，如：今年卖了牛",
                error_messages={"required": "核对一下；没有错就写几个字说明，有错就回去改。"},
            )
        self.order_fields([*self.rules, "signed", "signature", "version"])

    @property
    def words(self) -> list[forms.BoundField]:
        return [self[name] for name in self.rules]

    def handed_in(self) -> dict[str, Any]:
        """Return a valid form as the keyword arguments of `submit`."""
        data = self.cleaned_data
        return {
            "version": data["version"],
            "words": {rule.code: data[name] for name, rule in self.rules.items()},
            "signed": data["signed"] or bool(data["signature"]),
            "signature": data["signature"],
        }


def check_page(request: HttpRequest, draft: Draft) -> HttpResponse:
    response = draft.response
    if request.method != "POST":
        initial = {"version": response.version, "signed": response.signed, **_words(response)}
        return _shown(request, draft, CheckForm(warnings=draft.examined.warnings, initial=initial))
    form = CheckForm(request.POST, request.FILES, warnings=draft.examined.warnings)
    if draft.stops or draft.refusal or not form.is_valid():
        return _shown(request, draft, form)
    try:
        submit(response, **form.handed_in(), corrects=may_correct(user_of(request), response))
    except (StaleRecord, NotReady):
        messages.warning(request, "刚刚有人改过这份表，还没有交，请再核对一遍。")
        fresh = Draft(Response.objects.whole().get(pk=response.pk))
        data = request.POST.copy()
        data["version"] = str(fresh.response.version)
        return _shown(request, fresh, CheckForm(data, warnings=fresh.examined.warnings), status=409)
    messages.success(request, f"已交，等{_reviewer(response)}复核。")
    return redirect("response", pk=response.pk)


def _reviewer(response: Response) -> str:
    """Return who reviews it; surveyors never review their own responses (`ResponseQuerySet.reviewable_by`)."""
    return "双联办" if response.surveyor.is_leader or response.surveyor.is_office else "单位负责人"


def _words(response: Response) -> dict[str, str]:
    return {f"word-{code}": word for code, word in response.confirmed.items()}


def _shown(request: HttpRequest, draft: Draft, form: CheckForm, status: int = 200) -> HttpResponse:
    return render(
        request,
        "surveys/check.html",
        {
            "page": {"title": draft.survey.title},
            "back": reverse("response", args=[draft.response.pk]),
            "response": draft.response,
            "draft": draft,
            "step": draft.steps[-1],
            "form": form,
        },
        status=status,
    )
