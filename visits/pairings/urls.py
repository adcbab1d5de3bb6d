"""Addresses of pairing."""

from django.urls import path

from visits.pairings import board, pages, roster

urlpatterns = [
    path("pairings/", pages.pairings, name="pairings"),
    path("pairings/board/", board.board, name="pairing-board"),
    path("pairings/roster/", roster.roster, name="pairing-roster"),
    path("pairings/villages/", pages.village_pairings, name="village-pairings"),
    path("pairings/villages/<int:pk>/", pages.village_pairing_end, name="village-pairing-end"),
    path("pairings/<int:pk>/", pages.pairing, name="pairing"),
    path("pairings/<int:pk>/end/", pages.pairing_end, name="pairing-end"),
    path("pairings/<int:pk>/reopen/", pages.pairing_reopen, name="pairing-reopen"),
    path("cadres/<int:pk>/hand-over/", pages.cadre_hand_over, name="hand-over"),
]
