"""Codes of the field records; those of problems and of 八送 are the options of items D03 and D04 of the
household form.
"""

from django.db import models


class Category(models.TextChoices):
    """困难诉求, as in item D03."""

    WATER = "01", "饮水"
    ROAD = "02", "道路"
    POWER = "03", "用电"
    SCHOOL = "04", "上学"
    MEDICINE = "05", "看病"
    HOUSING = "06", "住房"
    WORK = "07", "就业务工"
    FUNDS = "08", "资金贷款"
    SKILL = "09", "技术"
    SUPPLIES = "10", "农资"
    SALES = "11", "产品销路"
    DISPUTE = "12", "矛盾纠纷"
    POLICY = "13", "低保等政策落实"
    OTHER = "99", "其他"


class Service(models.TextChoices):
    """八送, as in item D04."""

    POLICY = "1", "送政策"
    LAW = "2", "送法律"
    CULTURE = "3", "送文化"
    SCIENCE = "4", "送科技"
    PROJECT = "5", "送项目"
    INFORMATION = "6", "送信息"
    HEALTH = "7", "送健康"
    SERVICE = "8", "送服务"


class AssistanceKind(models.TextChoices):
    """帮扶措施、实事: one of 八送, or a plain kind of help."""

    SEND_POLICY = "1", "送政策"
    SEND_LAW = "2", "送法律"
    SEND_CULTURE = "3", "送文化"
    SEND_SCIENCE = "4", "送科技"
    SEND_PROJECT = "5", "送项目"
    SEND_INFORMATION = "6", "送信息"
    SEND_HEALTH = "7", "送健康"
    SEND_SERVICE = "8", "送服务"
    COMFORT = "comfort", "慰问"
    FUNDS = "funds", "资金"
    GOODS = "goods", "物资"
    PROJECT = "project", "项目"
    TRAINING = "training", "培训"
    MEDIATION = "mediation", "协调"
