"""Tomorrow on paper: every evening each palace gets its bookings by e-mail, for the day the network is down."""

from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import override, pgettext

from palace.core import sweeps
from palace.core.wording import clock_text, date_text, hours_text, local_text, money_text, weekday_text
from palace.notices import channels
from palace.notices.models import Channel, Message
from palace.notices.services import save
from palace.notices.texts import body_of, title_of
from palace.unions.models import Palace

from .models import Booking

KIND = "day_sheet"
EVENING = time(21)
LATE_BY = timedelta(hours=3)  # until midnight; after it the sheet would be of the wrong day
ORDER = ("unit__venue", "starts_at", "unit__position", "pk")  # venues in their own order: by site, then within it


def declare() -> None:
    sweeps.register("day_sheets", write_mails, at=EVENING, late_by=LATE_BY)
    channels.attach(KIND, attachments)


def write_mails(slot: datetime) -> int:
    """One e-mail for each palace that wants it; how many."""
    day = timezone.localdate(slot) + timedelta(days=1)
    palaces = Palace.objects.exclude(day_sheet_email="")
    with override(settings.LANGUAGE_CODE):
        return len(save([mail_of(palace, day) for palace in palaces]))


def mail_of(palace: Palace, day: date) -> Message:
    facts = {"palace": local_text(palace, "name"), "day": date_text(day), "count": bookings_of(palace.pk, day).count()}
    return Message(
        kind=KIND,
        channel=Channel.EMAIL,
        palace=palace,
        subject_id=palace.pk,
        to=palace.day_sheet_email,
        next_try_at=timezone.now(),
        title=title_of(KIND, facts),
        body=body_of(KIND, facts),
        params={"day": day.isoformat()},
        until=end_of(day),
    )


def bookings_of(palace_id: int, day: date):
    begin = datetime.combine(day, time(), timezone.get_default_timezone())
    rows = Booking.objects.filter(palace_id=palace_id).active().on_day(begin, end_of(day))
    return rows.select_related("member", "unit__venue").order_by(*ORDER)


def end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), timezone.get_default_timezone())


# --- the sheet ------------------------------------------------------------------------------------


def attachments(message: Message) -> list[tuple[str, bytes, str]]:
    """The sheet as it is when the e-mail goes out: a PDF, or the page itself where the machine cannot print."""
    day = date.fromisoformat(message.params["day"])
    with override(settings.LANGUAGE_CODE):
        page = render_to_string("bookings/day_sheet_mail.html", sheet(message.palace, day))  # type: ignore[arg-type]
    pdf = as_pdf(page)
    name = f"day-sheet-{day:%Y-%m-%d}"
    return [(f"{name}.pdf", pdf, "application/pdf")] if pdf else [(f"{name}.html", page.encode(), "text/html")]


def sheet(palace: Palace, day: date) -> dict:
    venues: dict = {}
    for booking in bookings_of(palace.pk, day):
        venues.setdefault(booking.unit.venue, []).append(line_of(booking))
    made = made_text(timezone.now())
    return {"palace": palace, "day": day_on_paper(day), "venues": venues.items(), "made": made}


def day_on_paper(day: date) -> str:
    """Weekday and date, never "tomorrow": paper is read on another day than it is made."""
    return pgettext("date", "%(weekday)s %(date)s") % {"weekday": weekday_text(day), "date": date_text(day)}


def made_text(now: datetime) -> str:
    return f"{date_text(timezone.localdate(now))} {clock_text(now)}"


def line_of(booking: Booking) -> dict:
    due = money_text(booking.due_fen) if booking.due_fen else ""
    hours = hours_text(booking.starts_at, booking.ends_at)
    return {"booking": booking, "hours": hours, "unit": booking.unit, "member": booking.member, "due": due}


def as_pdf(page: str) -> bytes:
    """Empty where Pango is missing; ``manage.py doctor`` says so."""
    try:
        # Imported late: it loads libraries of the system that may be missing, and only the worker prints.
        from weasyprint import HTML
    except (ImportError, OSError):
        return b""
    return HTML(string=page).write_pdf()
