"""Addresses of divisions, units, cadres and accounts. The register pages are in visits, which they show too."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from units import account_pages, pages

urlpatterns = [
    path("login/", account_pages.Login.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("password/", account_pages.password, name="password"),
    path("me/", account_pages.me, name="me"),
    path("divisions/", pages.divisions, name="divisions"),
    path("divisions/new/", pages.division_edit, name="division-new"),
    path("divisions/<int:pk>/edit/", pages.division_edit, name="division-edit"),
    path("units/new/", pages.unit_edit, name="unit-new"),
    path("units/<int:pk>/edit/", pages.unit_edit, name="unit-edit"),
    path("cadres/new/", pages.cadre_edit, name="cadre-new"),
    path("cadres/slips/", account_pages.slips, name="slips"),
    path("cadres/<int:pk>/edit/", pages.cadre_edit, name="cadre-edit"),
    path("cadres/<int:pk>/reset/", account_pages.reset, name="cadre-reset"),
    path("cadres/<int:pk>/lock/", account_pages.lock, name="cadre-lock"),
    path("downloads/", pages.downloads, name="downloads"),
]
