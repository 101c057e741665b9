"""The vault of ID numbers."""

from django.db import models

from .members import Member


class IdentityNumber(models.Model):
    """The vault: an ID number as ciphertext, and a keyed fingerprint to find a second use of it."""

    member = models.OneToOneField(Member, models.CASCADE, primary_key=True, related_name="identity")
    ciphertext = models.BinaryField()
    key_id = models.CharField(max_length=20)
    fingerprint = models.CharField(max_length=64, unique=True)

    def __str__(self):
        return str(self.pk)
