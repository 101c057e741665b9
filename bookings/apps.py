from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Config(AppConfig):
    name = "bookings"
    verbose_name = _("Bookings")

    def ready(self):
        from palace.accounts.access import PUBLIC, open_routes
        from venues import holders

        from . import day_sheet, holder, messages, reminders, rights, routes
        from .desk import navigation

        rights.declare()
        routes.declare()
        navigation.declare()
        open_routes({"api:*": PUBLIC})  # each call of the API asks for its key itself and answers in JSON
        holders.register("booking", holder.BOOKINGS)
        messages.declare()
        reminders.declare()
        day_sheet.declare()
