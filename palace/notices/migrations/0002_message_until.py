from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('notices', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='message',
            name='params',
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name='message',
            name='until',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.UniqueConstraint(condition=models.Q(('until__isnull', False)), fields=('kind', 'subject_id', 'until', 'member', 'channel'), name='message_once_until', nulls_distinct=False),
        ),
    ]
