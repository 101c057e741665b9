"""Who may see and do what with a person. Each predicate has its queryset in ``querysets.py`` and its line in docs/roles.md."""

from django.db.models import Q, QuerySet

from .models import Member, RoleAssignment, User
from .roles import roles_with


def own_member(user: User) -> Member | None:
    """The member of an account; officials and other staff may have none."""
    return Member.objects.filter(user=user).select_related("user", "home_union").first()


def sees_hardship(user: User, palace) -> bool:
    return user.may("accounts.see_hardship", palace)


def edits_hardship(user: User, palace) -> bool:
    return user.may("accounts.edit_hardship", palace)


def deciders(asked: RoleAssignment) -> QuerySet[User]:
    """Who may say yes or no to the role ``asked`` for: never who asked, nor whom it is for.

    Whoever holds the right in its palace; the installers where there is nobody, and for a union.
    """
    others = User.objects.filter(is_active=True).exclude(pk__in=[asked.requested_by_id, asked.user_id])
    if asked.palace:
        here = Q(palace=asked.palace) | Q(union__in=asked.palace.union.ids_above)
        held = RoleAssignment.objects.in_force().filter(here, role__in=roles_with("accounts.decide_role"))
        holders = others.filter(pk__in=held.values("user"))
        if holders.exists():
            return holders
    return others.filter(is_superuser=True)
