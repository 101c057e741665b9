from django.db import migrations, models


class Migration(migrations.Migration):
    """What was given back for good is kept apart, so that it is not asked for again."""

    dependencies = [("bookings", "0002_book_places")]

    operations = [
        migrations.AddField(
            "booking",
            "waived_fen",
            models.IntegerField(db_default=0, default=0, verbose_name="given back for good, in fen"),
        ),
        migrations.AddConstraint(
            "booking",
            models.CheckConstraint(condition=models.Q(("waived_fen__gte", 0)), name="booking_waived_sane"),
        ),
    ]
