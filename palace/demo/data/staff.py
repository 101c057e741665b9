"""Who works in the palaces and unions: one account for each role of the main palace, a desk and a manager elsewhere."""

from datetime import timedelta

from django.utils import timezone

from palace.accounts.models import Consent, Member, MemberState, RoleAssignment, RoleState, User
from palace.accounts.roles import Role
from palace.accounts.services.members import CONSENT_VERSION
from palace.accounts.words import pinyin_of
from palace.unions.models import Palace, Union

# (role, name, palace or union)
PEOPLE = [
    (Role.DESK, "王春霞", "chaocheng"),
    (Role.VENUE_MANAGER, "沈国良", "chaocheng"),
    (Role.COORDINATOR, "孙冬梅", "chaocheng"),
    (Role.LECTURER, "方静", "chaocheng"),
    (Role.PARTNER, "罗一帆", "chaocheng"),
    (Role.EVALUATOR, "顾明", "chaocheng"),
    (Role.FINANCE, "钱文英", "chaocheng"),
    (Role.DIRECTOR, "许志远", "chaocheng"),
    (Role.ASSET_OFFICER, "傅大伟", "潮城市总工会"),
    (Role.OFFICIAL_COUNTY, "潘建国", "潮城市总工会"),
    (Role.OFFICIAL_CITY, "汪海燕", "嘉澜市总工会"),
    (Role.OFFICIAL_PROVINCE, "陶思远", "澜东省总工会"),
    (Role.AUDITOR, "程正", "潮城市总工会"),
    (Role.CLUB_OFFICER, "马俊", "chaocheng"),
    (Role.ADMIN, "金磊", "chaocheng"),
    (Role.DESK, "吕安", "chaocheng"),
    (Role.DESK, "高秀云", "shanhe"),
    (Role.VENUE_MANAGER, "武卫平", "shanhe"),
    (Role.DESK, "龚丽", "lanning"),
    (Role.VENUE_MANAGER, "常青", "lanning"),
    (Role.ADMIN, "石敏", "chaocheng"),  # a role takes two people
]


def load(palaces: dict[str, Palace], hashed: str) -> list[Member]:
    """The accounts with their roles; each is a member as well."""
    unions = {union.name: union for union in Union.objects.exclude(level="enterprise")}
    return [make(n, *row, palaces, unions, hashed) for n, row in enumerate(PEOPLE, start=1)]


def make(n: int, role: str, name: str, where: str, palaces, unions, hashed: str) -> Member:
    palace, union = palaces.get(where), unions.get(where)
    joined = timezone.now() - timedelta(days=800 - n)
    user = User.objects.create(phone=phone_of(n), phone_verified=True, name=name, password=hashed, date_joined=joined)
    scope = {"palace": palace, "union": union, "state": RoleState.APPROVED}
    RoleAssignment.objects.create(user=user, role=role, first_day=joined.date(), **scope)
    Consent.objects.create(user=user, version=CONSENT_VERSION, at=joined)
    return Member.objects.create(
        user=user,
        name=name,
        pinyin=pinyin_of(name),
        card_number=f"9904809{n:03d}",
        employer=palace.name if palace else union.name,
        home_union=union or palace.union,
        state=MemberState.VERIFIED,
        verified_at=joined,
        registered_palace=palace or palaces["chaocheng"],
        created_at=joined,
    )


def phone_of(n: int) -> str:
    return f"+861990001{n:04d}"


def of(palace: Palace, *roles: str) -> User:
    """The first account that holds one of ``roles`` for ``palace``, in the order of ``roles``."""
    found = {
        a.role: a.user for a in RoleAssignment.objects.filter(palace=palace).select_related("user").order_by("-pk")
    }
    return next(found[role] for role in roles if role in found)
