from django.db import models
from django.db.models.functions import Now


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
