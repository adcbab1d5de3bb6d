"""Addresses of pairing."""

from django.urls import path

from registers.pairings import board, ending, pages, roster, villages

urlpatterns = [
    path("pairings/", pages.pairings, name="pairings"),
    path("pairings/<int:pk>/", pages.pairing, name="pairing"),
    path("pairings/<int:pk>/end/", ending.pairing_end, name="pairing-end"),
    path("pairings/<int:pk>/reopen/", pages.pairing_reopen, name="pairing-reopen"),
    path("pairings/end/", ending.pairings_end, name="pairings-end"),
    path("pairings/board/", board.board, name="pairing-board"),
    path("pairings/roster/", roster.roster, name="pairing-roster"),
    path("pairings/villages/", villages.village_pairings, name="village-pairings"),
    path("pairings/villages/<int:pk>/", villages.village_pairing, name="village-pairing-end"),
    path(
        "pairings/villages/<int:pk>/reopen/", villages.village_pairing_reopen, name="village-pairing-reopen"
    ),
]
