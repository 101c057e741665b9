from functools import reduce
from operator import or_

from django.db import models
from django.db.models import Q


class UnionQuerySet(models.QuerySet):
    def within(self, union):
        """``union`` and everything below it."""
        return self.filter(path__startswith=union.path)


class PalaceQuerySet(models.QuerySet):
    def open(self):
        """Palaces that show themselves to the public."""
        return self.filter(is_active=True)

    def open_to(self, user):
        """Palaces that ``user`` may choose: those where his roles count, every open one where he has none."""
        own = user.palaces if user.is_authenticated else set()
        return self.filter(pk__in=own) if own else self.open()

    def within(self, union):
        """Palaces of ``union`` and of the unions below it."""
        return self.below([union])

    def below(self, unions):
        """Palaces of any of ``unions`` and of the unions below them."""
        paths = [Q(union__path__startswith=union.path) for union in unions]
        return self.filter(reduce(or_, paths, Q(pk=None)))
