from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


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
        outbox.register("member_verified", members.say_verified, pgettext_lazy("topic", "Member verified"))
        outbox.register("member_refused", members.say_refused, pgettext_lazy("topic", "Member not verified"))
        outbox.register("locked_out", access.say_locked_out, pgettext_lazy("topic", "Sign-in locked"))
        outbox.register("phone_changed", access.say_phone_changed, pgettext_lazy("topic", "Number changed"))
        outbox.register("factor_reset", access.say_factor_reset, pgettext_lazy("topic", "Second factor reset"))
        outbox.register("role_requested", access.say_role_requested, pgettext_lazy("topic", "Role asked for"))
        sweeps.register("messages", tasks.ask_to_send)
        watchdog.watch(tasks.messages_held_up)
