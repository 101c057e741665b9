from collections.abc import Collection

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now


class AuditQuerySet(models.QuerySet):
    def of_no_palace(self, unions: Collection[int], *, portal: bool):
        """What happened to the unions with these ids and to what is theirs, such as rosters and roles for them.

        With ``portal`` also what belongs to no union and no palace: accounts, members, the calendar. A change names
        only the columns that changed, so whose a record is stands in the entry of its beginning.
        """
        begun = self.model._default_manager.filter(table_name=OuterRef("table_name"), row_id=OuterRef("row_id"))
        begun = begun.filter(action="insert")
        theirs = Q(table_name="unions_union", row_id__in=[str(pk) for pk in unions])
        theirs |= Q(Exists(begun.filter(after__union_id__in=list(unions))))
        any_union = Q(table_name="unions_union") | Q(Exists(begun.filter(after__union_id__gt=0)))
        return self.filter(theirs | ~any_union if portal else theirs, palace_id=None)


class OutboxQuerySet(models.QuerySet):
    def open(self):
        """Not yet done and not given up."""
        return self.filter(done_at=None, dead=False)

    def due(self):
        """Open and due by the database's clock."""
        return self.open().filter(due_at__lte=Now())


class JobQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Jobs a person started; an administrator of the system sees their state too, never their content."""
        return self if user.is_superuser else self.filter(created_by=user)
