"""The admin site for offices and leaders, grouped by task."""

from collections.abc import Callable
from functools import update_wrapper
from typing import Any, cast

from django.apps import apps
from django.contrib import admin
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse

from core.oversight import LimitReached
from reports.admin_home import admin_home
from units.access import user_of
from units.scoped_admin import ScopedAdmin

SECTIONS = {
    "名册": (
        "units.division",
        "units.unit",
        "units.cadre",
        "villages.village",
        "households.household",
        "households.member",
    ),
    "结对": ("villages.villagepairing", "households.householdpairing"),
    "工作": (
        "visits.visit",
        "visits.problem",
        "visits.assistance",
        "visits.activity",
        "surveys.response",
    ),
    "项目和计划": (
        "villages.project",
        "villages.projectfund",
        "villages.villageplan",
        "villages.villagegoal",
        "villages.villagenote",
        "households.householdplan",
        "households.measure",
        "households.householdaway",
    ),
    "规定": ("units.requirement", "units.leave", "units.calendarday", "units.word", "units.dailylimit"),
    "记录": ("core.importrun", "core.download", "core.reveal"),
}
ELSEWHERE = {"password_change", "password_change_done", "view_on_site"}
"""Pages of Django's admin that the site replaces or does not need."""


class ScopedAutocomplete(AutocompleteJsonView):
    """Offer what the form would accept: the field's choices within the user's scope."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Offer the choices, or state that a search by ID number has reached the day's limit."""
        try:
            return super().get(request, *args, **kwargs)
        except LimitReached as reached:
            said = {"id": "", "text": f"{reached}先到贫困户名册按号码查一次，写下原因。", "disabled": True}
            return JsonResponse({"results": [said], "pagination": {"more": False}})

    def process_request(self, request: HttpRequest) -> Any:
        """Answer 404 for fields that no form of the site fills this way."""
        label, name = request.GET.get("app_label", ""), request.GET.get("model_name", "")
        try:
            asking: Any = admin.site._registry.get(apps.get_model(label, name))
        except LookupError as error:
            raise Http404 from error
        if not asking or request.GET.get("field_name") not in asking.get_autocomplete_fields(request):
            raise Http404
        if not asking.has_add_permission(request) and not asking.has_change_permission(request):
            raise PermissionDenied
        self.asking = asking
        return super().process_request(request)

    def get_queryset(self) -> QuerySet[Any]:
        found: QuerySet[Any] = super().get_queryset()
        offering: Any = self.model_admin
        accepted = self.asking.choices_of(self.source_field, user_of(self.request)).order_by().values("pk")
        return found.filter(pk__in=accepted).select_related(*offering.list_select_related)

    def serialize_result(self, obj: Any, to_field_name: str) -> dict[str, str]:
        offering: Any = self.model_admin
        return {**super().serialize_result(obj, to_field_name), "text": offering.option(obj)}


class ScopedSite(admin.AdminSite):
    site_title = "管理站"
    index_title = "管理站"
    empty_value_display = ""
    enable_nav_sidebar = True

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Register only admins with row-level access; those of packages are refused."""
        if admin_class is not None and issubclass(admin_class, ScopedAdmin):
            super().register(model_or_iterable, admin_class, **options)

    def get_urls(self) -> list[Any]:
        return [url for url in super().get_urls() if getattr(url, "name", None) not in ELSEWHERE]

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Any:
        """Answer 403 to users who are logged in but may not enter, instead of asking them to log in again."""
        inner = super().admin_view(view, cacheable)

        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.user.is_authenticated and not self.has_permission(request):
                raise PermissionDenied("管理站只给双联办和单位负责人用。")
            answer: HttpResponseBase = inner(request, *args, **kwargs)
            return answer

        return update_wrapper(guarded, inner)

    @login_not_required
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Redirect to the site's login page, with `next`."""
        return redirect(f"{reverse('login')}?{request.GET.urlencode()}")

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        return super().index(request, {**admin_home(user_of(request)), **(extra_context or {})})

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        unit = user_of(request).unit if request.user.is_authenticated else ""
        return {**super().each_context(request), "site_header": f"{unit}管理站"}

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        answer: Any = ScopedAutocomplete.as_view(admin_site=self)(request)
        return cast(HttpResponse, answer)

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Group the models by task; the pages of one app, which nothing links to, list that app."""
        apps = super().get_app_list(request, app_label)
        if app_label is not None:
            return apps
        models = {model["model"]._meta.label_lower: model for app in apps for model in app["models"]}
        return [
            {
                "name": name,
                "app_label": f"section-{at}",
                "app_url": "",
                "has_module_perms": True,
                "models": found,
            }
            for at, (name, labels) in enumerate(SECTIONS.items())
            if (found := [models[label] for label in labels if label in models])
        ]
