"""Addresses of visits, problems, assistance and activities."""

from django.urls import path

from visits.activities import pages as activity_pages
from visits.assistance import pages as assistance_pages
from visits.assistance import share_pages
from visits.problems import pages as problem_pages
from visits.visits import diary, pages

urlpatterns = [
    path("visits/", diary.visits, name="visits"),
    path("visits/new/", pages.visit_new, name="visit-new"),
    path("visits/<int:pk>/", pages.visit, name="visit"),
    path("visits/<int:pk>/void/", pages.visit_void, name="visit-void"),
    path("problems/", problem_pages.problem_list, name="problems"),
    path("problems/new/", problem_pages.problem_new, name="problem-new"),
    path("problems/<int:pk>/", problem_pages.problem, name="problem"),
    path("problems/<int:pk>/join/", problem_pages.problem_join, name="problem-join"),
    path("problems/<int:pk>/leave/", problem_pages.problem_leave, name="problem-leave"),
    path("problems/<int:pk>/void/", problem_pages.problem_void, name="problem-void"),
    path("assistance/", assistance_pages.assistance_list, name="assistance"),
    path("assistance/new/", assistance_pages.assistance_new, name="assistance-new"),
    path("assistance/<int:pk>/", assistance_pages.assistance_item, name="assistance-item"),
    path("assistance/<int:pk>/result/", assistance_pages.assistance_result, name="assistance-result"),
    path("assistance/<int:pk>/shares/", share_pages.assistance_shares, name="assistance-shares"),
    path("assistance/<int:pk>/void/", assistance_pages.assistance_void, name="assistance-void"),
    path("activities/", activity_pages.activity_list, name="activities"),
    path("activities/new/", activity_pages.activity_new, name="activity-new"),
    path("activities/<int:pk>/", activity_pages.activity, name="activity"),
    path("activities/<int:pk>/void/", activity_pages.activity_void, name="activity-void"),
]
