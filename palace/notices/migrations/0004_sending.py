"""A try is written down before it begins, so that a lost outcome is seen and asked for."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notices", "0003_audit")]

    operations = [
        migrations.AlterField(
            model_name="message",
            name="state",
            field=models.CharField(
                choices=[
                    ("waiting", "waiting"),
                    ("sending", "handed over, no answer yet"),
                    ("sent", "sent"),
                    ("failed", "given up"),
                ],
                default="waiting",
                max_length=8,
            ),
        ),
        migrations.RemoveIndex(model_name="message", name="message_waiting"),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("state__in", ["waiting", "sending"])),
                fields=["next_try_at"],
                name="message_waiting",
            ),
        ),
    ]
