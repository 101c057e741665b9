"""Only the sentence changes: whoever asks for a role sees no first day that he could swap."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_two_people"),
        ("unions", "0002_path_and_audit"),
    ]

    operations = [
        migrations.AlterConstraint(
            model_name="roleassignment",
            name="role_days_in_order",
            constraint=models.CheckConstraint(
                condition=models.Q(("last_day", None), ("last_day__gte", models.F("first_day")), _connector="OR"),
                name="role_days_in_order",
                violation_error_message="The role would be over before it begins. Choose today or a later last day, or leave it empty.",
            ),
        ),
    ]
