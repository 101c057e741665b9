"""A role is asked for by one person and decided by another; a reset of the second factor is on record.

Roles that are there count on: they keep who gave them, and nobody who asked. The column keeps its name, so that the
old version goes on reading while the new one starts.
"""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

from palace.core.sql import audited, revoked

STATES = [("pending", "asked for"), ("approved", "given"), ("refused", "refused")]


def person(verbose_name, **more):
    return models.ForeignKey(
        blank=True,
        null=True,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to=settings.AUTH_USER_MODEL,
        verbose_name=verbose_name,
        **more,
    )


def text(verbose_name):
    return models.CharField(blank=True, default="", max_length=200, verbose_name=verbose_name)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_token_holder")]

    operations = [
        migrations.RemoveConstraint("roleassignment", "role_once"),
        migrations.AlterField("roleassignment", "granted_by", person("decided by", db_column="granted_by_id")),
        migrations.RenameField("roleassignment", "granted_by", "decided_by"),
        migrations.AddField("roleassignment", "requested_by", person("asked for by")),
        migrations.AddField("roleassignment", "reason", text("reason"), preserve_default=False),
        migrations.AddField("roleassignment", "answer", text("reason of refusal"), preserve_default=False),
        migrations.AddField(
            "roleassignment",
            "state",
            models.CharField(choices=STATES, default="approved", max_length=10, verbose_name="state"),
        ),
        migrations.AlterField(
            "roleassignment",
            "state",
            models.CharField(choices=STATES, default="pending", max_length=10, verbose_name="state"),
        ),
        migrations.AddConstraint(
            "roleassignment",
            models.UniqueConstraint(
                condition=~Q(state="refused"),
                fields=("user", "role", "palace", "union"),
                name="role_once",
                nulls_distinct=False,
                violation_error_message="This account holds this role already, or it is asked for.",
            ),
        ),
        migrations.AddConstraint(
            "roleassignment",
            models.CheckConstraint(
                condition=Q(state="pending", requested_by__isnull=False, decided_by=None)
                | Q(state="approved", requested_by=None)
                | (
                    Q(state__in=["approved", "refused"])
                    & Q(requested_by__isnull=False, decided_by__isnull=False)
                    & ~Q(decided_by=F("requested_by"))
                ),
                name="role_by_two_people",
                violation_error_message="A role takes two people: one asks for it, another decides.",
            ),
        ),
        migrations.AddConstraint(
            "roleassignment",
            models.CheckConstraint(
                condition=~Q(requested_by=F("user")) & ~Q(decided_by=F("user")),
                name="role_not_for_oneself",
                violation_error_message="Nobody changes his own roles. A second administrator has to do it.",
            ),
        ),
        migrations.AddConstraint(
            "roleassignment",
            models.CheckConstraint(
                condition=(~Q(state="pending") | ~Q(reason="")) & (~Q(state="refused") | ~Q(answer="")),
                name="role_says_why",
                violation_error_message="Write the reason in a few words; it stays with the request.",
            ),
        ),
        migrations.CreateModel(
            name="FactorReset",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="factor_resets",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="account",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
                ("reason", models.CharField(max_length=200, verbose_name="reason")),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={"verbose_name": "reset of the second factor"},
        ),
        migrations.AddConstraint(
            "factorreset", models.CheckConstraint(condition=~Q(reason=""), name="factor_reset_has_reason")
        ),
        migrations.AddConstraint(
            "factorreset", models.CheckConstraint(condition=~Q(by=F("user")), name="factor_reset_not_own")
        ),
        audited("accounts_factorreset"),
        revoked("UPDATE, TRUNCATE", "accounts_factorreset"),
    ]
