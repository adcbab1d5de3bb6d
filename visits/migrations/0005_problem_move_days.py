import django.utils.timezone
from django.db import migrations, models
from django.db.models import OuterRef, Subquery
from django.db.models.functions import TruncDate
from django.utils.timezone import get_default_timezone

import units.models.staff


def date_moves(apps, schema_editor):
    """A move was made on the day on which it was typed; a problem was registered on the day it was raised."""
    moves = apps.get_model("visits", "ProblemMove").objects
    problems = apps.get_model("visits", "Problem").objects.filter(pk=OuterRef("problem"))
    moves.update(on=TruncDate("at", tzinfo=get_default_timezone()))
    moves.filter(status="registered").update(on=Subquery(problems.values("raised_on")))


class Migration(migrations.Migration):
    dependencies = [("visits", "0004_contact_cards")]

    operations = [
        migrations.AddField(
            model_name="problemmove",
            name="on",
            field=models.DateField(null=True, verbose_name="日期"),
        ),
        migrations.AddField(
            model_name="problemmove",
            name="due_before",
            field=models.DateField(blank=True, editable=False, null=True, verbose_name="原来的办结期限"),
        ),
        migrations.RunPython(date_moves, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="problemmove",
            name="on",
            field=models.DateField(default=units.models.staff.today, verbose_name="日期"),
        ),
        migrations.AlterField(
            model_name="problemmove",
            name="at",
            field=models.DateTimeField(default=django.utils.timezone.now, verbose_name="录入时间"),
        ),
        migrations.AlterModelOptions(
            name="problemmove",
            options={
                "ordering": ["on", "at", "pk"],
                "verbose_name": "诉求的办理经过",
                "verbose_name_plural": "诉求的办理经过",
            },
        ),
    ]
