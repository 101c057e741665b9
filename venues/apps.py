from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Config(AppConfig):
    name = "venues"
    verbose_name = _("House")

    def ready(self):
        from palace.core import doctor

        from . import constraints, holidays, rights

        rights.declare()
        constraints.declare()
        doctor.register(pgettext_lazy("check", "calendar"))(holidays.calendar_check)
