from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from .rights import declare


class Config(AppConfig):
    name = "palace.pages"
    label = "pages"
    verbose_name = _("Pages")

    def ready(self):
        declare()
