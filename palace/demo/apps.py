from django.apps import AppConfig
from django.conf import settings
from django.utils.translation import gettext_lazy as _

MOST_A_MINUTE = 60  # in one transaction with the sweep: short enough to be in nobody's way


class Config(AppConfig):
    name = "palace.demo"
    label = "demo"
    verbose_name = _("Demonstration")

    def ready(self):
        """In the demonstration, invented people come and go as the day goes on."""
        if not settings.DEMO:
            return
        from palace.core import sweeps

        from .data import events

        sweeps.register("demo_life", lambda slot: events.live(slot, most=MOST_A_MINUTE))
