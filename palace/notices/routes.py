"""Who comes in to these pages; which records they show is the business of ``visible_to``."""

from django.utils.translation import gettext_lazy as _

from palace.accounts.access import PUBLIC, SIGNED_IN, open_routes
from palace.core.navigation import offer_desk_page

EDIT, JOBS = "notices.edit_announcement", "notices.see_jobs"
WALL = ("announcement_list", "announcement_detail")
OWN = ("message_list", "message_open", "message_read_all")
DESK = ("desk_announcements", "desk_announcement_new", "desk_announcement", "desk_announcement_end")
LONG = ("job_list", "job_detail", "job_retry")


def declare() -> None:
    open_routes(dict.fromkeys(WALL, PUBLIC) | dict.fromkeys(OWN, SIGNED_IN))
    open_routes(dict.fromkeys(DESK, EDIT) | dict.fromkeys(LONG, JOBS))
    offer_desk_page("desk_announcements", _("Notices"), EDIT, position=60, parts=DESK)
    offer_desk_page("job_list", _("Jobs"), JOBS, position=90, parts=LONG)
