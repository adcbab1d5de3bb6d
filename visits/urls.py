"""Addresses of visits, the household file and the photos."""

from django.urls import path

from visits import diary, duty_pages, file, pages

urlpatterns = [
    path("visits/", diary.visits, name="visits"),
    path("visits/new/", pages.visit_new, name="visit-new"),
    path("visits/<int:pk>/", pages.visit, name="visit"),
    path("visits/<int:pk>/void/", pages.visit_void, name="visit-void"),
    path("households/<int:pk>/", file.household, name="household"),
    path("duties/", duty_pages.duties, name="duties"),
    path("duties/units/<int:pk>/", duty_pages.duties_unit, name="duties-unit"),
    path("duties/cadres/<int:pk>/", duty_pages.duties_cadre, name="duties-cadre"),
]
