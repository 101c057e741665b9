from datetime import time

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from palace.core.navigation import offer_desk_page

from . import rights, routes


class Config(AppConfig):
    name = "palace.accounts"
    label = "accounts"
    verbose_name = _("People")

    def ready(self):
        from palace.core import jobs, sweeps, timeline

        from . import cleanup, timeline_names
        from .services import roster_import

        rights.declare()
        timeline.NAMES |= timeline_names.of_people()
        routes.declare()
        jobs.register(roster_import.KIND, roster_import.run)
        sweeps.register("accounts_clean_up", cleanup.clean_up, at=time(3, 50))
        offer_desk_page("desk_members", _("Members"), "accounts.find_member", position=30)
        offer_desk_page(
            "desk_verification", _("Verification"), "accounts.verify_member", position=40, parts=["desk_roster"]
        )
