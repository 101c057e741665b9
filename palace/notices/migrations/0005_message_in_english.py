"""What is read in the portal is kept in both languages."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notices", "0004_sending"),
    ]

    operations = [
        migrations.AddField(
            model_name="message",
            name="body_en",
            field=models.TextField(blank=True, db_default="", default="", verbose_name="English text"),
        ),
        migrations.AddField(
            model_name="message",
            name="title_en",
            field=models.CharField(blank=True, db_default="", default="", max_length=120, verbose_name="English title"),
        ),
    ]
