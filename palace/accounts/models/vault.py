"""The vault of ID numbers."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .members import Member


class IdentityNumber(models.Model):
    """The vault: an ID number as ciphertext, and a keyed fingerprint to find a second use of it."""

    member = models.OneToOneField(Member, models.CASCADE, primary_key=True, related_name="identity")
    ciphertext = models.BinaryField()
    key_id = models.CharField(max_length=20)
    fingerprint = models.CharField(max_length=64, unique=True)

    class Meta:
        verbose_name = _("ID number")
        verbose_name_plural = _("ID numbers")

    def __str__(self):
        return str(self.pk)
