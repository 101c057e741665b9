"""The two sides of a movement of money have a name for people; no table changes."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("core", "0003_export_record")]

    operations = [
        migrations.AlterModelOptions(
            name="ledgerentry",
            options={"verbose_name": "ledger entry", "verbose_name_plural": "ledger entries"},
        ),
    ]
