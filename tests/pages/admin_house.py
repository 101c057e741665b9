"""Two palaces with mirror data, one record in each register, for the tests of the admin site."""

from datetime import timedelta

from django.contrib import admin
from django.urls import reverse
from django.utils import timezone

from bookings.services import book_slot, take_payment
from palace.accounts.models import HardshipFile, KnownMember, RosterEntry
from palace.core.exports import export_list
from palace.core.models import Job
from palace.notices.models import Announcement, Message
from venues.models import Allocation, CalendarDay, Closure, OpeningException, TariffDiscount, Unit, VenuePhoto
from venues.services import close

from ..factories import at, make_member, make_palace, make_user, make_venue, tomorrow


def house(name: str, **fields):
    """A palace in which every register has a record."""
    palace = make_palace(name=f"{name}工人文化宫", **fields)
    venue = make_venue(palace, name=f"{name}羽毛球馆", prices=[(8, 22, 1500)], places=3)
    TariffDiscount.objects.create(tariff=venue.tariffs.get(), category="hardship", percent=0)
    day, clerk = tomorrow(), make_user(role="desk", palace=palace, name=f"{name}前台")
    member = make_member(name=f"{name}小明", registered_palace=palace)
    common = {"palace": palace}
    unit = Unit.objects.filter(venue=venue).first()
    OpeningException.objects.create(
        **common, venue=venue, day=day + timedelta(days=300), closed=True, reason=f"{name}检修"
    )
    Allocation.objects.create(
        **common,
        space=unit.space,
        first_place=3,
        starts_at=at(day, 20),
        ends_at=at(day, 22),
        kind="club",
        holder=f"{name}羽协",
    )
    CalendarDay.objects.get_or_create(day=day + timedelta(days=200), defaults={"name": "国庆节", "counts_as": 7})
    VenuePhoto.objects.create(venue=venue, image="venues/none.jpg", caption=name)
    booking = book_slot(unit=unit, member=member, starts_at=at(day, 10), ends_at=at(day, 11), by=member.user)
    take_payment(booking=booking, amount_fen=1500, account="cash", receipt_number=f"{name}001", by=clerk)
    shut = Closure(**common, venue=venue, starts_at=at(day, 12), ends_at=at(day, 13), reason=f"{name}停电")
    close(closure=shut, by=clerk)
    KnownMember.objects.get_or_create(palace=palace, member=member)
    HardshipFile.objects.create(member=member, first_day=day, last_day=day + timedelta(days=365))
    RosterEntry.objects.create(union=palace.union, name=f"{name}大为", card_number=f"C{palace.pk:07}")
    Announcement.objects.create(
        **common, title=f"{name}通知", body="周六照常", shown_from=timezone.now(), created_by=clerk
    )
    Message.objects.create(
        **common, member=member, channel="sms", kind="booking_confirmed", title=f"{name}已订好", body="x"
    )
    Job.objects.create(palace_id=palace.pk, kind="import", title=f"{name}导入", created_by=clerk)
    export_list(
        what="venues.Venue", title="x", headers=["x"], rows=[["x"]], by=clerk, palace=palace, purpose=f"{name}盘点"
    )
    return palace


def registers() -> dict[str, object]:
    return {model._meta.label_lower: model_admin for model, model_admin in admin.site._registry.items()}


def url(label: str, page: str, *args) -> str:
    return reverse(f"admin:{label.replace('.', '_')}_{page}", args=args)


def enter(client, palace, role: str, **fields):
    """Sign in with ``role`` in ``palace``."""
    user = make_user(role=role, palace=palace, **fields)
    client.force_login(user)
    client.cookies["palace"] = palace.slug
    return user


def record(label: str, palace):
    """A record of ``palace`` in the register ``label``."""
    model = registers()[label].model
    paths = {
        "accounts.user": {"roles__palace": palace},
        "accounts.member": {"registered_palace": palace},
        "accounts.hardshipfile": {"member__registered_palace": palace},
        "accounts.rosterentry": {"union": palace.union},
        "unions.palace": {"pk": palace.pk},
        "unions.union": {"pk": palace.union_id},
        "venues.calendarday": {},
    }
    names = {f.name for f in model._meta.get_fields()}
    default = {"palace_id" if "palace" not in names else "palace": palace.pk}
    return model.objects.filter(**paths.get(label, default)).order_by("pk").first()
