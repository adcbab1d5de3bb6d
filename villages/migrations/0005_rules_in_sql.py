import django.core.validators
from django.conf import settings
from django.db import migrations, models

from core.constraints import refuse_breaches

OPERATIONS = [
    migrations.RemoveConstraint(
        model_name="project",
        name="project_progress_percent",
    ),
    migrations.RemoveConstraint(
        model_name="villagepairing",
        name="village_pairing_ends_after_start",
    ),
    migrations.AlterField(
        model_name="village",
        name="code",
        field=models.CharField(
            error_messages={"unique": "这个村级代码已经有了。"},
            max_length=12,
            unique=True,
            validators=[django.core.validators.RegexValidator("^[0-9]{12}$", "村级代码是 12 位数字。")],
            verbose_name="村级代码",
        ),
    ),
    migrations.AddConstraint(
        model_name="project",
        constraint=models.CheckConstraint(
            condition=models.Q(
                ("progress", None), models.Q(("progress__gte", 0), ("progress__lte", 100)), _connector="OR"
            ),
            name="project_progress_percent",
            violation_error_message="进度要在 0 到 100 之间。",
        ),
    ),
    migrations.AddConstraint(
        model_name="projectnote",
        constraint=models.CheckConstraint(
            condition=models.Q(
                ("progress", None), models.Q(("progress__gte", 0), ("progress__lte", 100)), _connector="OR"
            ),
            name="project_note_progress_percent",
            violation_error_message="进度要在 0 到 100 之间。",
        ),
    ),
    migrations.AddConstraint(
        model_name="village",
        constraint=models.CheckConstraint(
            condition=models.Q(("code", None), ("code__regex", "^[0-9]{12}$"), _connector="OR"),
            name="village_code",
            violation_error_message="村级代码是 12 位数字。",
        ),
    ),
    migrations.AddConstraint(
        model_name="village",
        constraint=models.CheckConstraint(
            condition=models.Q(
                ("merged_into", None),
                models.Q(("merged_into", models.F("pk")), _negated=True),
                _connector="OR",
            ),
            name="village_merged_into_another",
            violation_error_message="不能并入自己，请核对并入的村。",
        ),
    ),
    migrations.AddConstraint(
        model_name="villagealias",
        constraint=models.CheckConstraint(
            condition=models.Q(("code", None), ("code__regex", "^[0-9]{12}$"), _connector="OR"),
            name="village_alias_code",
            violation_error_message="村级代码是 12 位数字。",
        ),
    ),
    migrations.AddConstraint(
        model_name="villagepairing",
        constraint=models.CheckConstraint(
            condition=models.Q(
                ("started_on", None),
                ("ended_on", None),
                ("ended_on__gte", models.F("started_on")),
                _connector="OR",
            ),
            name="village_pairing_ends_after_start",
            violation_error_message="结束日期不能早于开始日期。",
        ),
    ),
]


class Migration(migrations.Migration):
    dependencies = [
        ("units", "0010_rules_in_sql"),
        ("villages", "0004_year_of_the_campaign"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(refuse_breaches("villages", OPERATIONS), migrations.RunPython.noop),
        *OPERATIONS,
    ]
