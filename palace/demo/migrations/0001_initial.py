"""What the demonstration has loaded, and what is still to happen in it."""

import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Event',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('approve', 'Approve'), ('cancel', 'Cancel'), ('give_up', 'Give Up'), ('arrive', 'Arrive'), ('absent', 'Absent'), ('walk_in', 'Walk In')], max_length=10)),
                ('at', models.DateTimeField(db_index=True)),
                ('palace_id', models.BigIntegerField()),
                ('booking_id', models.BigIntegerField(null=True)),
                ('venue_id', models.BigIntegerField(null=True)),
                ('member_id', models.BigIntegerField(null=True)),
                ('persons', models.PositiveSmallIntegerField(default=1)),
                ('amount_fen', models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='Part',
            fields=[
                ('name', models.TextField(primary_key=True, serialize=False)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
    ]
