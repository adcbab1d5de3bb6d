import django.core.validators
from django.db import migrations, models

from core.constraints import refuse_breaches

OPERATIONS = [
    migrations.RemoveConstraint(
        model_name="leave",
        name="leave_ends_after_start",
    ),
    migrations.AlterField(
        model_name="cadre",
        name="phone",
        field=models.CharField(
            blank=True,
            error_messages={"unique": "这个手机号已经有人用了。"},
            max_length=11,
            null=True,
            unique=True,
            validators=[
                django.core.validators.RegexValidator("^1[0-9]{10}$", "手机号是 1 开头的 11 位数字。")
            ],
            verbose_name="手机号",
        ),
    ),
    migrations.AlterField(
        model_name="cadre",
        name="staff_no",
        field=models.CharField(
            blank=True,
            error_messages={"unique": "这个工号已经有人用了。"},
            max_length=20,
            null=True,
            unique=True,
            validators=[
                django.core.validators.RegexValidator(
                    "^(?![0-9]{11}$)[0-9A-Za-z-]+$", "工号用数字、字母，不能是 11 位数字。"
                )
            ],
            verbose_name="工号",
        ),
    ),
    migrations.AlterField(
        model_name="division",
        name="code",
        field=models.CharField(
            error_messages={"unique": "这个区划代码已经有了。"},
            help_text="省 2 位、市 4 位、县 6 位、乡镇 9 位",
            max_length=9,
            unique=True,
            validators=[
                django.core.validators.RegexValidator(
                    "^([0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9})$", "区划代码是 2、4、6 或 9 位数字。"
                )
            ],
            verbose_name="区划代码",
        ),
    ),
    migrations.AddConstraint(
        model_name="cadre",
        constraint=models.CheckConstraint(
            condition=models.Q(("phone", None), ("phone__regex", "^1[0-9]{10}$"), _connector="OR"),
            name="cadre_phone",
            violation_error_message="手机号是 1 开头的 11 位数字。",
        ),
    ),
    migrations.AddConstraint(
        model_name="cadre",
        constraint=models.CheckConstraint(
            condition=models.Q(
                ("staff_no", None), ("staff_no__regex", "^(?![0-9]{11}$)[0-9A-Za-z-]+$"), _connector="OR"
            ),
            name="cadre_staff_no",
            violation_error_message="工号用数字、字母，不能是 11 位数字。",
        ),
    ),
    migrations.AddConstraint(
        model_name="cadre",
        constraint=models.CheckConstraint(
            condition=models.Q(
                ("rank__in", ["county", "section", "general"]),
                ("role__in", ["office", "leader", "cadre", "viewer"]),
            ),
            name="cadre_choices",
            violation_error_message="有一格不在可选的内容里。",
        ),
    ),
    migrations.AddConstraint(
        model_name="division",
        constraint=models.CheckConstraint(
            condition=models.Q(
                ("code", None), ("code__regex", "^([0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9})$"), _connector="OR"
            ),
            name="division_code",
            violation_error_message="区划代码是 2、4、6 或 9 位数字。",
        ),
    ),
    migrations.AddConstraint(
        model_name="leave",
        constraint=models.CheckConstraint(
            condition=models.Q(
                ("started_on", None),
                ("ended_on", None),
                ("ended_on__gte", models.F("started_on")),
                _connector="OR",
            ),
            name="leave_ends_after_start",
            violation_error_message="结束日期不能早于开始日期。",
        ),
    ),
    migrations.AddConstraint(
        model_name="requirement",
        constraint=models.CheckConstraint(
            condition=models.Q(
                ("minimum", None), ("maximum", None), ("maximum__gte", models.F("minimum")), _connector="OR"
            ),
            name="requirement_minimum_below_maximum",
            violation_error_message="上限不能小于下限。",
        ),
    ),
    migrations.AddConstraint(
        model_name="requirement",
        constraint=models.CheckConstraint(
            condition=models.Q(
                ("place", None),
                ("place__regex", "^([0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9}|[0-9]{12})$"),
                _connector="OR",
            ),
            name="requirement_place",
            violation_error_message="区划代码是 2、4、6、9 或 12 位数字。",
        ),
    ),
    migrations.AddConstraint(
        model_name="requirement",
        constraint=models.CheckConstraint(
            condition=models.Q(("rank__in", ["", "county", "section", "general"])),
            name="requirement_choices",
            violation_error_message="有一格不在可选的内容里。",
        ),
    ),
    migrations.AddConstraint(
        model_name="word",
        constraint=models.CheckConstraint(
            condition=models.Q(("text", None), ("text__regex", "^[^\\s、，,;；]+$"), _connector="OR"),
            name="word_is_one",
            violation_error_message="一个词，不带标点和空格。",
        ),
    ),
]


class Migration(migrations.Migration):
    dependencies = [
        ("units", "0009_indicator_labels"),
    ]

    operations = [
        migrations.RunPython(refuse_breaches("units", OPERATIONS), migrations.RunPython.noop),
        *OPERATIONS,
    ]
