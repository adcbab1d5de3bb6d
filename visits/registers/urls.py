"""Addresses of the registers."""

from django.urls import path

from visits.registers import cadres, households, search, units, villages

urlpatterns = [
    path("search/", search.search, name="search"),
    path("units/", units.units, name="units"),
    path("units/<int:pk>/", units.unit, name="unit"),
    path("cadres/", cadres.cadres, name="cadres"),
    path("cadres/<int:pk>/", cadres.cadre, name="cadre"),
    path("villages/", villages.villages, name="villages"),
    path("villages/<int:pk>/", villages.village, name="village"),
    path("households/", households.households, name="households"),
]
