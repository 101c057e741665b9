"""Who may see and do what with a person. Each predicate has its queryset in ``querysets.py`` and its line in docs/roles.md."""

from .models import Member, User


def own_member(user: User) -> Member | None:
    """The member of an account; officials and other staff may have none."""
    return Member.objects.filter(user=user).select_related("user", "home_union").first()


def sees_hardship(user: User, palace) -> bool:
    return user.may("accounts.see_hardship", palace)


def edits_hardship(user: User, palace) -> bool:
    return user.may("accounts.edit_hardship", palace)
