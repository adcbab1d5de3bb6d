"""Addresses of the registers, and every prefix whose pages come from several apps: one file a prefix."""

from django.urls import path

from households import pages as household_forms
from registers import cadres, closing, duties, household_page, households, search, transfers, units, villages
from registers.pairings import ending
from registers.plans import pages as plans
from surveys.filling import pages as filling
from surveys.paper import pages as paper
from surveys.review import lists, response_page
from units import account_pages
from units import pages as unit_forms
from units.second_factor import pages as factor_pages
from villages import pages as village_forms
from visits.problems import pages as problems

urlpatterns = [
    path("search/", search.search, name="search"),
    path("units/", units.units, name="units"),
    path("units/new/", unit_forms.unit_edit, name="unit-new"),
    path("units/<int:pk>/", units.unit, name="unit"),
    path("units/<int:pk>/edit/", unit_forms.unit_edit, name="unit-edit"),
    path("cadres/", cadres.cadres, name="cadres"),
    path("cadres/new/", household_forms.cadre_edit, name="cadre-new"),
    path("cadres/slips/", account_pages.slips, name="slips"),
    path("cadres/<int:pk>/", cadres.cadre, name="cadre"),
    path("cadres/<int:pk>/edit/", household_forms.cadre_edit, name="cadre-edit"),
    path("cadres/<int:pk>/reset/", account_pages.reset, name="cadre-reset"),
    path("cadres/<int:pk>/lock/", account_pages.lock, name="cadre-lock"),
    path("cadres/<int:pk>/factor/reset/", factor_pages.factor_reset, name="factor-reset"),
    path("cadres/<int:pk>/transfer/", transfers.transfer_page, name="cadre-transfer"),
    path("cadres/<int:pk>/hand-over/", ending.hand_over_page, name="hand-over"),
    path("cadres/<int:pk>/hand-over/sheet/", ending.hand_over_sheet, name="hand-over-sheet"),
    path("villages/", villages.villages, name="villages"),
    path("villages/new/", village_forms.village_edit, name="village-new"),
    path("villages/<int:pk>/", villages.village, name="village"),
    path("villages/<int:pk>/edit/", village_forms.village_edit, name="village-edit"),
    path("villages/<int:pk>/plan/", plans.village_plan, name="village-plan"),
    path("villages/<int:pk>/goals/new/", plans.goal_new, name="goal-new"),
    path("villages/<int:pk>/notes/new/", plans.village_note, name="village-note"),
    path("households/", households.households, name="households"),
    path("households/new/", household_forms.household_new, name="household-new"),
    path("households/<int:pk>/", household_page.household, name="household"),
    path("households/<int:pk>/edit/", household_forms.household_edit, name="household-edit"),
    path("households/<int:pk>/close/", closing.household_close, name="household-close"),
    path("households/<int:pk>/members/new/", household_forms.member_new, name="member-new"),
    path("households/<int:pk>/plan/", plans.household_plan, name="household-plan"),
    path("households/<int:pk>/measures/new/", plans.measure_new, name="measure-new"),
    path("households/<int:pk>/away/", plans.household_away, name="household-away"),
    path("duties/", duties.duties, name="duties"),
    path("duties/units/<int:pk>/", duties.duties_unit, name="duties-unit"),
    path("duties/cadres/<int:pk>/", duties.duties_cadre, name="duties-cadre"),
    path("responses/", lists.responses, name="responses"),
    path("responses/for/", filling.response_for, name="response-for"),
    path("responses/<int:pk>/", response_page.response, name="response"),
    path("responses/<int:pk>/fill/<int:step>/", filling.response_fill, name="response-fill"),
    path("responses/<int:pk>/members/new/", filling.response_member, name="response-member-new"),
    path("responses/<int:pk>/members/<int:member>/", filling.response_member, name="response-member"),
    path("responses/<int:pk>/recall/", filling.response_recall, name="response-recall"),
    path("responses/<int:pk>/print.pdf", paper.response_pdf, name="response-pdf"),
    path("responses/<int:pk>/problem/<slug:category>/", problems.problem_of_answer, name="problem-of-answer"),
]
