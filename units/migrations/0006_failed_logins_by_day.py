from django.db import migrations


class Migration(migrations.Migration):
    """The security report reads the failed logins of a day; axes has no index for it."""

    dependencies = [
        ("units", "0005_daily_limits"),
        ("axes", "0010_accessattemptexpiration"),
    ]

    operations = [
        migrations.RunSQL(
            "CREATE INDEX axes_failure_by_day ON axes_accessfailurelog (attempt_time)",
            "DROP INDEX axes_failure_by_day",
        ),
    ]
