from django.contrib.auth.models import BaseUserManager
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from .phones import normalise


class UserManager(BaseUserManager):
    def create_user(self, phone=None, password=None, **fields):
        user = self.model(phone=normalise(phone) if phone else None, **fields)
        user.set_password(password)  # type: ignore[attr-defined]
        user.save(using=self._db)
        return user

    def create_superuser(self, phone, password=None, **fields):
        return self.create_user(phone, password, is_superuser=True, **fields)

    def get_by_natural_key(self, phone):
        return self.get(phone=normalise(phone))


class AssignmentQuerySet(models.QuerySet):
    def in_force(self, today=None):
        """Approved roles whose first and last day include today."""
        today = today or timezone.localdate()
        return self.filter(state="approved", first_day__lte=today).filter(Q(last_day=None) | Q(last_day__gte=today))


class MemberQuerySet(models.QuerySet):
    def visible_to(self, user):
        """A member sees himself and his dependants; staff see members who have visited or booked in their palace."""
        mine = Q(user=user) | Q(guardian__user=user)
        palaces = user.palaces_with("accounts.find_member")
        return self.filter(mine | Q(known_to__palace__in=palaces)).distinct() if palaces else self.filter(mine)

    def family_of(self, user):
        """The member himself and his dependants: whom he may book for."""
        return self.filter(Q(user=user) | Q(guardian__user=user)).select_related("guardian")

    def open_to_staff(self, palace, found=()):
        """Whose page the staff of ``palace`` may open: known or registered there, or ``found`` by the full number."""
        here = Q(known_to__palace=palace) | Q(registered_palace=palace)
        return self.filter(here | Q(pk__in=list(found))).distinct()

    def waiting_at(self, palace):
        """Who registered at ``palace`` and no roster knew, the longest waiting first."""
        return self.filter(state="pending", registered_palace=palace).order_by("created_at", "pk")

    def verified(self):
        return self.filter(state="verified")

    def with_hardship(self, today=None):
        """Adds ``hardship``: a file is in force. Only for prices; the file itself is seen by those who need it."""
        today = today or timezone.localdate()
        files = self.model.hardship_files.rel.related_model.objects  # type: ignore[attr-defined]
        return self.annotate(
            hardship=Exists(files.filter(member=OuterRef("pk"), first_day__lte=today, last_day__gte=today))
        )
