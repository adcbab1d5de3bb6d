"""The four roles, and the ranks to which quotas refer."""

from django.db import models


class Role(models.TextChoices):
    OFFICE = "office", "双联办"
    LEADER = "leader", "单位负责人"
    CADRE = "cadre", "干部"
    VIEWER = "viewer", "查阅"


class Rank(models.TextChoices):
    COUNTY = "county", "县级"
    SECTION = "section", "科级"
    GENERAL = "general", "一般"
