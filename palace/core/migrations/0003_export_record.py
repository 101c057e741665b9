"""Every list that leaves the portal as a file leaves a record that nobody can change."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from palace.core.sql import append_only, audited, revoked


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0002_audit_and_ledger"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ExportRecord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="time")),
                ("palace_id", models.BigIntegerField(null=True)),
                ("what", models.CharField(max_length=60, verbose_name="list")),
                ("purpose", models.CharField(max_length=120, verbose_name="purpose")),
                ("filters", models.TextField(blank=True, verbose_name="filters")),
                ("rows", models.PositiveIntegerField(verbose_name="rows")),
                ("sha256", models.CharField(max_length=64, verbose_name="fingerprint of the file")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
            ],
            options={
                "verbose_name": "export",
                "verbose_name_plural": "exports",
                "indexes": [models.Index(fields=["palace_id", "-at"], name="export_of_palace")],
            },
        ),
        audited("core_exportrecord"),
        append_only("core_exportrecord"),
        revoked("UPDATE, DELETE, TRUNCATE", "core_exportrecord"),
    ]
