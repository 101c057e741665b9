from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from palace.core.constraints import explain


class Config(AppConfig):
    name = "palace.unions"
    label = "unions"
    verbose_name = _("Unions and palaces")

    def ready(self):
        explain({"union_not_below_itself": _("A union cannot stand below itself. Choose another union above it.")})
