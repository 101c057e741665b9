"""Notices on the wall of the main palace."""

from datetime import time, timedelta

from django.utils import timezone

from palace.demo.catalogue.texts import ANNOUNCEMENTS
from palace.notices.models import Announcement
from venues.rules import at


def load(palace, by) -> None:
    today = timezone.localdate()
    for title, title_en, body, body_en, audience, since, until in ANNOUNCEMENTS:
        Announcement.objects.create(
            palace=palace,
            title=title,
            title_en=title_en,
            body=body,
            body_en=body_en,
            audience=audience,
            shown_from=at(today + timedelta(days=since), time()),
            shown_until=None if until is None else at(today + timedelta(days=until + 1), time()),
            created_by=by,
        )
