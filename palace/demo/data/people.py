"""Two thousand invented members: accounts with one password, cards, employers, families, files and rosters."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import count
from random import Random

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from palace.accounts.models import Consent, HardshipFile, Member, MemberCategory, MemberState, RosterEntry, User
from palace.accounts.services.members import CONSENT_VERSION
from palace.accounts.words import pinyin_of
from palace.demo.catalogue import PALACES
from palace.demo.catalogue.unions import ENTERPRISES
from palace.unions.models import Palace, Union
from venues.rules import SHANGHAI

from . import staff
from .names import child_of, people
from .parts import rng

PASSWORD = "gonghui-2026"
FIRST_NUMBER = 21  # of the members' mobiles, however many work here
SHARES = {"chaocheng": 0.65, "shanhe": 0.15, "lanning": 0.2}  # where people registered
WAITING_DAYS = 4
FACE = "周小明"  # the first member of each palace


@dataclass(frozen=True)
class Size:
    """How many people; tests make fewer."""

    members: int = 2000
    roster: int = 3000
    pending: int = 25
    model_workers: int = 30
    hardship: int = 40
    families: int = 30

    @classmethod
    def scaled(cls, scale: float) -> "Size":
        whole = cls()
        return cls(**{name: max(4, round(getattr(whole, name) * scale)) for name in cls.__dataclass_fields__})


@dataclass(frozen=True)
class Employer:
    union: Union
    name: str


def load(size: Size) -> None:
    """All people. Staff are members too, so that the accounts in ``size.members`` include them."""
    palaces = {palace.slug: palace for palace in Palace.objects.all()}
    hashed = make_password(PASSWORD)
    staff_members = staff.load(palaces, hashed)
    numbers = count(FIRST_NUMBER)
    for slug, number in shares(size.members - len(staff_members)).items():
        make_members(palaces[slug], number, numbers, hashed)
    members = list(Member.objects.filter(registered_palace=palaces["chaocheng"], user__roles=None).order_by("pk"))
    mark(members, size)
    make_rosters(size)
    make_families([m for m in members if m.is_verified][:: max(1, len(members) // size.families)][: size.families])


def shares(total: int) -> dict[str, int]:
    """``total`` over the palaces; the main one takes what rounding leaves."""
    found = {slug: int(total * share) for slug, share in SHARES.items()}
    found[PALACES[0].slug] += total - sum(found.values())
    return found


def employers_of(palace: Palace) -> list[Employer]:
    firms = [name for name, _en in ENTERPRISES[palace.union.name]]
    unions = {union.name: union for union in Union.objects.filter(level="enterprise")}
    return [Employer(unions[f"{firm}工会"], firm) for firm in firms]


def make_members(palace: Palace, number: int, numbers, hashed: str) -> None:
    chance = rng("members", palace.slug)
    employers = employers_of(palace)
    names = [FACE, *people(number - 1, chance)]
    users = [new_user(name, f"+861990000{next(numbers):04d}", chance, hashed) for name in names]
    User.objects.bulk_create(users)
    Member.objects.bulk_create([new_member(user, palace, chance.choice(employers), chance) for user in users])
    Consent.objects.bulk_create([Consent(user=user, version=CONSENT_VERSION, at=user.date_joined) for user in users])


def new_user(name: str, phone: str, chance: Random, hashed: str) -> User:
    return User(
        phone=phone,
        phone_verified=True,
        name=name,
        password=hashed,
        date_joined=some_time(chance, 700, 70),
        language="en" if name.isascii() else "zh-hans",
    )


def new_member(user: User, palace: Palace, employer: Employer, chance: Random, **fields) -> Member:
    return Member(
        user=user,
        name=user.name,
        pinyin=pinyin_of(user.name),
        card_number=f"{palace.region_code}{str(user.phone)[-4:]}{chance.randrange(1000):03d}",
        home_union=employer.union,
        employer=employer.name,
        category=chance.choices([c for c, _w in CATEGORIES], [w for _c, w in CATEGORIES])[0],
        state=MemberState.VERIFIED,
        verified_at=user.date_joined,
        registered_palace=palace,
        created_at=user.date_joined,
        **fields,
    )


CATEGORIES = [(MemberCategory.EMPLOYEE, 82), (MemberCategory.NEW_EMPLOYMENT, 9), (MemberCategory.RETIRED, 9)]


def some_time(chance: Random, oldest_days: int, newest_days: int) -> datetime:
    """A moment of the working day, so many days ago."""
    day = timezone.localdate() - timedelta(days=chance.randint(newest_days, oldest_days))
    return datetime.combine(day, time(chance.randint(8, 20), chance.randint(0, 59)), SHANGHAI)


# --- who among them is what -----------------------------------------------------------------------------------


def mark(members: list[Member], size: Size) -> None:
    """Model workers, hardship files and the queue of the desk, from different ends of the list."""
    chance = rng("marks")
    pending = members[len(members) - size.pending :]
    for member in members[10 : 10 + size.model_workers]:
        member.category = MemberCategory.MODEL_WORKER
    for member in pending:
        wait(member, chance)
    Member.objects.bulk_update(members, ["category", "state", "verified_at", "created_at"])
    for member in pending:
        User.objects.filter(member=member).update(date_joined=member.created_at)
    first = 10 + size.model_workers
    HardshipFile.objects.bulk_create(hardship(m, chance) for m in members[first : first + size.hardship])


def wait(member: Member, chance: Random) -> None:
    """Registered in the last days, and no roster knew him."""
    member.state, member.verified_at = MemberState.PENDING, None
    hours = chance.uniform(1, WAITING_DAYS * 24)
    member.created_at = timezone.now() - timedelta(hours=hours)


def hardship(member: Member, chance: Random) -> HardshipFile:
    first = timezone.localdate() - timedelta(days=chance.randint(20, 200))
    return HardshipFile(member=member, first_day=first, last_day=first + timedelta(days=364))


def make_rosters(size: Size) -> None:
    """Lines of the members whom a roster verified, and of people who have not come yet."""
    known = Member.objects.filter(state=MemberState.VERIFIED, guardian=None).select_related("user", "home_union")
    lines = [roster_line(member) for member in known]
    chance = rng("roster")
    employers = employers_of(Palace.objects.get(slug=PALACES[0].slug))
    lines += near_lines(employers)
    missing = max(4, size.roster - len(lines))
    for n, name in enumerate(people(missing, chance), start=1):
        employer = chance.choice(employers)
        lines.append(
            RosterEntry(
                union=employer.union,
                name=name,
                phone=f"+861700000{n:04d}",
                card_number=f"990481{n:04d}{chance.randrange(1000):03d}N",
                employer=employer.name,
            )
        )
    RosterEntry.objects.bulk_create(lines, batch_size=1000)


def near_lines(employers: list[Employer]) -> list[RosterEntry]:
    """What the desk has to compare by eye: a card misread, a name misspelt, two of the same name."""
    waiting = Member.objects.filter(state=MemberState.PENDING, registered_palace__slug=PALACES[0].slug)
    waiting = waiting.select_related("home_union").order_by("created_at")  # as the queue shows them
    misread, misspelt, namesake = [member for member in waiting if not member.name.isascii()][:3]
    others = [employer for employer in employers if employer.union != namesake.home_union][:2]
    card = str(misread.card_number)
    return [
        RosterEntry(
            union=misread.home_union,
            name=misread.name,
            card_number=f"{card[:-1]}{(int(card[-1]) + 3) % 10}",
            employer=misread.employer,
        ),
        RosterEntry(
            union=misspelt.home_union,
            name=f"{misspelt.name[0]}晓{misspelt.name[-1]}",
            card_number=misspelt.card_number,
            employer=misspelt.employer,
        ),
        *(
            RosterEntry(union=other.union, name=namesake.name, card_number=f"9904819{n}0000", employer=other.name)
            for n, other in enumerate(others)
        ),
    ]


def roster_line(member: Member) -> RosterEntry:
    return RosterEntry(
        union=member.home_union,
        name=member.name,
        phone=(member.user and member.user.phone) or "",
        card_number=member.card_number or "",
        employer=member.employer,
        category=member.category,
        member=member,
    )


def make_families(guardians: list[Member]) -> None:
    """Two or three children each; they have no account, a parent books for them."""
    chance = rng("families")
    children = [child(g, chance) for g in guardians for _n in range(chance.choice((2, 2, 3)))]
    Member.objects.bulk_create(children)


def child(guardian: Member, chance: Random) -> Member:
    name = child_of(guardian.name, chance)
    return Member(
        guardian=guardian,
        name=name,
        pinyin=pinyin_of(name),
        category=MemberCategory.FAMILY,
        home_union_id=guardian.home_union_id,
        state=MemberState.VERIFIED,
        verified_at=guardian.verified_at,
        registered_palace_id=guardian.registered_palace_id,
        created_at=guardian.created_at,
    )
