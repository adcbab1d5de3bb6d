"""Addresses of accounts, divisions, imports, requirements and security."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from core import confirm_pages
from units import (
    account_pages,
    import_pages,
    import_spellings,
    import_uploads,
    pages,
    requirement_pages,
    session_pages,
)
from units.oversight import pages as oversight_pages
from units.oversight import reason_page
from units.second_factor import login
from units.second_factor import pages as factor_pages

urlpatterns = [
    path("login/", account_pages.Login.as_view(), name="login"),
    path("login/second/", login.second_step, name="second-step"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("password/", account_pages.password, name="password"),
    path("password/again/", confirm_pages.password_again, name="password-again"),
    path("me/", account_pages.me, name="me"),
    path("me/factor/", factor_pages.factor, name="factor"),
    path("me/factor/setup/", factor_pages.factor_setup, name="factor-setup"),
    path("me/factor/codes/", factor_pages.factor_codes, name="factor-codes"),
    path("me/factor/off/", factor_pages.factor_off, name="factor-off"),
    path("me/factor/later/", factor_pages.factor_later, name="factor-later"),
    path("me/passkeys/new/", factor_pages.passkey_new, name="passkey-new"),
    path("me/passkeys/remove/", factor_pages.passkey_remove, name="passkey-remove"),
    path("me/sessions/", session_pages.sessions, name="sessions"),
    path("me/sessions/end/", session_pages.sessions_end, name="sessions-end"),
    path("divisions/", pages.divisions, name="divisions"),
    path("divisions/new/", pages.division_edit, name="division-new"),
    path("divisions/<int:pk>/edit/", pages.division_edit, name="division-edit"),
    path("imports/", import_pages.imports, name="imports"),
    path("imports/runs/<int:pk>/", import_pages.import_run, name="import-run"),
    path("imports/runs/<int:pk>/kind/", import_uploads.import_sort, name="import-sort"),
    path("imports/runs/<int:pk>/undo/", import_pages.import_undo, name="import-undo"),
    path("imports/runs/<int:pk>/marked/", import_pages.import_marked, name="import-marked"),
    path("imports/runs/<int:pk>/<slug:act>/", import_pages.import_act, name="import-act"),
    path("imports/spellings/", import_spellings.spellings, name="spellings"),
    path("imports/spellings/restore/", import_spellings.spelling_restore, name="spelling-restore"),
    path("imports/spellings/<int:pk>/remove/", import_spellings.spelling_remove, name="spelling-remove"),
    path("imports/<slug:kind>/", import_pages.import_kind, name="import-kind"),
    path("imports/<slug:kind>/template/", import_pages.import_template, name="import-template"),
    path("requirements/", requirement_pages.requirements, name="requirements"),
    path("requirements/add/<slug:way>/", requirement_pages.requirements_add, name="requirements-add"),
    path("security/", oversight_pages.security, name="security"),
    path("security/notices/", oversight_pages.notices, name="security-notices"),
    path("me/looks/", oversight_pages.looks, name="looks"),
    path("security/reason/", reason_page.reason, name="security-reason"),
    path("downloads/", pages.downloads, name="downloads"),
]
