from django.conf import settings
from django.db import migrations, models

from core.constraints import refuse_breaches

OPERATIONS = [
    migrations.RemoveConstraint(
        model_name="householdaway",
        name="household_away_ends_after_start",
    ),
    migrations.RemoveConstraint(
        model_name="householdpairing",
        name="household_pairing_ends_after_start",
    ),
    migrations.AddConstraint(
        model_name="household",
        constraint=models.CheckConstraint(
            condition=models.Q(
                ("size", None), models.Q(("size__gte", 1), ("size__lte", 20)), _connector="OR"
            ),
            name="household_size",
            violation_error_message="家庭人口要在 1 到 20 之间。",
        ),
    ),
    migrations.AddConstraint(
        model_name="household",
        constraint=models.CheckConstraint(
            condition=models.Q(
                ("successor", None), models.Q(("successor", models.F("pk")), _negated=True), _connector="OR"
            ),
            name="household_successor_is_another",
            violation_error_message="去向户不能是这一户自己。",
        ),
    ),
    migrations.AddConstraint(
        model_name="household",
        constraint=models.CheckConstraint(
            condition=models.Q(("phone", None), ("phone__regex", "^[0-9-]*$"), _connector="OR"),
            name="household_phone_digits",
            violation_error_message="联系电话只用数字。",
        ),
    ),
    migrations.AddConstraint(
        model_name="household",
        constraint=models.CheckConstraint(
            condition=models.Q(
                ("kind__in", ["01", "02", "03", "04", "05"]),
                (
                    "main_cause__in",
                    ["", "01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "99"],
                ),
                ("status__in", ["open", "moved", "merged", "split", "closed"]),
            ),
            name="household_choices",
            violation_error_message="有一格不在可选的内容里。",
        ),
    ),
    migrations.AddConstraint(
        model_name="householdaway",
        constraint=models.CheckConstraint(
            condition=models.Q(
                ("started_on", None),
                ("ended_on", None),
                ("ended_on__gte", models.F("started_on")),
                _connector="OR",
            ),
            name="household_away_ends_after_start",
            violation_error_message="回来日期不能早于外出日期。",
        ),
    ),
    migrations.AddConstraint(
        model_name="householdpairing",
        constraint=models.CheckConstraint(
            condition=models.Q(
                ("started_on", None),
                ("ended_on", None),
                ("ended_on__gte", models.F("started_on")),
                _connector="OR",
            ),
            name="household_pairing_ends_after_start",
            violation_error_message="结束日期不能早于开始日期。",
        ),
    ),
    migrations.AddConstraint(
        model_name="householdpairing",
        constraint=models.CheckConstraint(
            condition=models.Q(
                ("rank__in", ["county", "section", "general"]), ("kind__in", ["contact", "help"])
            ),
            name="household_pairing_choices",
            violation_error_message="有一格不在可选的内容里。",
        ),
    ),
    migrations.AddConstraint(
        model_name="member",
        constraint=models.CheckConstraint(
            condition=models.Q(
                ("migrant_months", None),
                models.Q(("migrant_months__gte", 0), ("migrant_months__lte", 12)),
                _connector="OR",
            ),
            name="member_months_of_work",
            violation_error_message="上年务工时间要在 0 到 12 之间。",
        ),
    ),
    migrations.AddConstraint(
        model_name="member",
        constraint=models.CheckConstraint(
            condition=models.Q(
                (
                    "relation__in",
                    [
                        "01",
                        "02",
                        "03",
                        "04",
                        "05",
                        "06",
                        "07",
                        "08",
                        "09",
                        "10",
                        "11",
                        "12",
                        "13",
                        "14",
                        "15",
                        "16",
                        "17",
                        "18",
                        "19",
                        "20",
                        "99",
                    ],
                ),
                ("sex__in", ["1", "2"]),
                (
                    "ethnicity__in",
                    [
                        "01",
                        "03",
                        "02",
                        "04",
                        "05",
                        "06",
                        "07",
                        "08",
                        "09",
                        "10",
                        "11",
                        "12",
                        "13",
                        "14",
                        "15",
                        "16",
                        "17",
                        "18",
                        "19",
                        "20",
                        "21",
                        "22",
                        "23",
                        "24",
                        "25",
                        "26",
                        "27",
                        "28",
                        "29",
                        "30",
                        "31",
                        "32",
                        "33",
                        "34",
                        "35",
                        "36",
                        "37",
                        "38",
                        "39",
                        "40",
                        "41",
                        "42",
                        "43",
                        "44",
                        "45",
                        "46",
                        "47",
                        "48",
                        "49",
                        "50",
                        "51",
                        "52",
                        "53",
                        "54",
                        "55",
                        "56",
                        "99",
                    ],
                ),
                ("education__in", ["", "01", "02", "03", "04", "05", "06"]),
                (
                    "schooling__in",
                    [
                        "",
                        "01",
                        "02",
                        "03",
                        "04",
                        "05",
                        "06",
                        "07",
                        "08",
                        "09",
                        "10",
                        "11",
                        "12",
                        "13",
                        "14",
                        "15",
                        "16",
                    ],
                ),
                ("health__in", ["", "01", "02", "03", "04"]),
                ("labour__in", ["", "01", "02", "03", "04"]),
                ("migrant_work__in", ["", "00", "01", "02", "03", "04", "99"]),
            ),
            name="member_choices",
            violation_error_message="有一格不在可选的内容里。",
        ),
    ),
]


class Migration(migrations.Migration):
    dependencies = [
        ("households", "0005_peoples"),
        ("units", "0010_rules_in_sql"),
        ("villages", "0005_rules_in_sql"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(refuse_breaches("households", OPERATIONS), migrations.RunPython.noop),
        *OPERATIONS,
    ]
