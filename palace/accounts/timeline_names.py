"""How people are named in timelines: staff in full, since they answer for what they did; everybody else masked."""

from django.db.models import Exists, OuterRef

from palace.core.wording import masked_name

from .models import Member, RoleAssignment, RoleState, User


def of_people() -> dict:
    return {User: accounts, Member: members}


def accounts(pks: set) -> dict[int, str]:
    works = RoleAssignment.objects.filter(user=OuterRef("pk"), state=RoleState.APPROVED)
    users = User.objects.filter(pk__in=pks).annotate(works=Exists(works))
    return {u.pk: u.name if u.is_superuser or u.works else masked_name(u.name) for u in users}


def members(pks: set) -> dict[int, str]:
    return {pk: masked_name(name) for pk, name in Member.objects.filter(pk__in=pks).values_list("pk", "name")}
