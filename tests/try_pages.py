"""Small pages that exercise static/app.js in the real layout: the site's addresses and a few under `try/`."""

from types import SimpleNamespace

from django import forms
from django.contrib import messages
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template import RequestContext, Template
from django.urls import include, path

from core.lists import Heading, Row

ROWS = [Row(1, "", ["王有福", 3]), Row(2, "", ["李秋菊", 0]), Row(3, "", ["张玉莲", 5])]


class TryForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput, initial=1)
    name = forms.CharField(label="户主", max_length=4)
    id_number = forms.CharField(
        label="身份证号", required=False, widget=forms.TextInput(attrs={"data-secret": ""})
    )
    kind = forms.ChoiceField(
        label="方式", required=False, choices=[("a", "联系"), ("b", "帮扶")], widget=forms.RadioSelect
    )
    tags = forms.MultipleChoiceField(
        label="标记",
        required=False,
        choices=[("a", "五保"), ("b", "重病")],
        widget=forms.CheckboxSelectMultiple,
    )
    photo = forms.FileField(label="照片", required=False, widget=forms.FileInput(attrs={"data-shrink": ""}))


def form(request: HttpRequest) -> HttpResponse:
    filled = TryForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and filled.is_valid():
        photo = filled.cleaned_data["photo"]
        messages.success(request, f"已保存{photo.size if photo else ''}")
        return redirect("try-rows")
    return render(
        request,
        "pages/form.html",
        {"page": {"title": "试"}, "form": filled, "keep": "try", "cancel": "/try/rows/"},
    )


def rows(request: HttpRequest) -> HttpResponse:
    town = request.GET.get("town", "")
    context = {
        "page": {"title": "试"},
        "columns": [Heading("户主", ""), Heading("人口", "num")],
        "rows": ROWS,
        "search": {"value": request.GET.get("q", ""), "placeholder": "姓名"},
        "filters": [
            {"name": "town", "label": "乡镇", "value": town, "choices": [("1", "洛门镇"), ("2", "马力镇")]}
        ],
        "ticks": {"unit": "户", "actions": [{"label": "结对", "url": "/try/echo/", "css": "primary"}]},
    }
    return render(request, "pages/list.html", context)


def undo(request: HttpRequest) -> HttpResponse:
    messages.success(request, "已结对", extra_tags="undo:/try/echo/")
    return redirect("try-rows")


def number(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        return HttpResponse("620524195703051234", content_type="text/plain; charset=utf-8")
    page = (
        '{% extends "phone.html" %}{% load look %}{% block content %}{% reveal masked url "" %}{% endblock %}'
    )
    context = {"page": SimpleNamespace(title="试"), "masked": "620524************", "url": "/try/number/"}
    return HttpResponse(Template(page).render(RequestContext(request, context)))


def echo(request: HttpRequest) -> HttpResponse:
    return JsonResponse(dict(request.POST.lists()))


def sql(request: HttpRequest) -> HttpResponse:
    """Run SQL that the database refuses."""
    with connection.cursor() as cursor:
        cursor.execute(request.POST["sql"])
    return HttpResponse("done")


handler500 = "core.views.failure"
urlpatterns = [
    path("try/sql/", sql),
    path("try/form/", form),
    path("try/rows/", rows, name="try-rows"),
    path("try/undo/", undo),
    path("try/number/", number),
    path("try/echo/", echo),
    path("", include("lianhu.urls")),
]
