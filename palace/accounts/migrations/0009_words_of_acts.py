"""What staff did, consents and ID numbers have a name for people who read the audit; no table changes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0008_years_sane")]

    operations = [
        migrations.AlterModelOptions(
            name="consent",
            options={"verbose_name": "consent", "verbose_name_plural": "consents"},
        ),
        migrations.AlterModelOptions(
            name="identitynumber",
            options={"verbose_name": "ID number", "verbose_name_plural": "ID numbers"},
        ),
        migrations.AlterModelOptions(
            name="staffact",
            options={"verbose_name": "staff act", "verbose_name_plural": "staff acts"},
        ),
        migrations.AlterField(
            model_name="staffact",
            name="what",
            field=models.CharField(
                choices=[
                    ("registered", "registered at the desk"),
                    ("verified", "verified"),
                    ("refused", "not verified"),
                    ("edited", "data corrected"),
                    ("phone", "number changed"),
                    ("password", "password reset"),
                    ("hardship", "hardship file changed"),
                ],
                max_length=12,
                verbose_name="what was done",
            ),
        ),
    ]
