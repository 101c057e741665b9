from functools import reduce
from operator import or_

from django.db import models
from django.db.models import Q


def inside(unions, path: str) -> Q:
    """The unions at ``path`` that are one of ``unions`` or stand below one."""
    return reduce(or_, (Q(**{f"{path}__startswith": union.path}) for union in unions), Q(pk=None))


class UnionQuerySet(models.QuerySet):
    def within(self, union):
        """``union`` and everything below it."""
        return self.below([union])

    def below(self, unions):
        """Any of ``unions`` and everything below them."""
        return self.filter(inside(unions, "path"))


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
        return self.filter(inside(unions, "union__path"))
