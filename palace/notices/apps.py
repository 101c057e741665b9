from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Config(AppConfig):
    name = "palace.notices"
    label = "notices"
    verbose_name = _("Messages")

    def ready(self):
        from palace.accounts import codes
        from palace.core import outbox, sweeps, watchdog

        from . import access, members, rights, routes, sms, tasks

        rights.declare()
        routes.declare()
        codes.sender = sms.send_sign_in_code
        outbox.register("member_verified", members.say_verified)
        outbox.register("member_refused", members.say_refused)
        outbox.register("locked_out", access.say_locked_out)
        outbox.register("factor_reset", access.say_factor_reset)
        sweeps.register("messages", tasks.ask_to_send)
        watchdog.watch(tasks.messages_held_up)
