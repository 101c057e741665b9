"""Rules of the house that no palace can mean are refused: they would break pages or prices far from where they are typed."""

import django.db.models.functions.math
import django.db.models.lookups
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("unions", "0002_path_and_audit"),
        ("venues", "0003_rules_version"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="allocation",
            constraint=models.CheckConstraint(
                condition=models.Q(("first_place__gte", 1), ("place_count__gte", 1)),
                name="allocation_run_sane",
                violation_error_message="Places are numbered from 1, and at least one is kept.",
            ),
        ),
        migrations.AddConstraint(
            model_name="policy",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    django.db.models.lookups.Exact(
                        django.db.models.functions.math.Mod("min_minutes", "grid_minutes"), 0
                    ),
                    django.db.models.lookups.Exact(
                        django.db.models.functions.math.Mod("max_minutes", "grid_minutes"), 0
                    ),
                ),
                name="policy_lengths_whole",
                violation_error_message="The shortest and the longest booking must be multiples of the grid.",
            ),
        ),
        migrations.AddConstraint(
            model_name="policy",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("buffer_minutes__lte", 480),
                    ("cancel_notice_minutes__lte", 43200),
                    ("early_minutes__lte", 240),
                ),
                name="policy_limits_sane",
                violation_error_message="At most 30 days of notice, 8 hours of buffer, and 4 hours to come in early.",
            ),
        ),
        migrations.AddConstraint(
            model_name="policy",
            constraint=models.UniqueConstraint(
                fields=("venue", "unit", "first_day"),
                name="policy_once_from_a_day",
                nulls_distinct=False,
                violation_error_message="There is one for this place from the same day already. Change that one.",
            ),
        ),
        migrations.AddConstraint(
            model_name="tariff",
            constraint=models.UniqueConstraint(
                fields=("venue", "unit", "first_day"),
                name="tariff_once_from_a_day",
                nulls_distinct=False,
                violation_error_message="There is one for this place from the same day already. Change that one.",
            ),
        ),
        migrations.AddConstraint(
            model_name="tariffline",
            constraint=models.CheckConstraint(
                condition=models.Q(("price_fen__lte", 1000000)),
                name="tariff_price_sane",
                violation_error_message="A price is at most 10,000 yuan an hour.",
            ),
        ),
    ]
