from datetime import time, timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class CoreConfig(AppConfig):
    name = "palace.core"
    label = "core"
    verbose_name = _("System")

    def ready(self):
        from . import jobs, outbox, sweeps, tasks

        outbox.register(jobs.TOPIC, tasks.hand_job, pgettext_lazy("topic", "Long work"))
        sweeps.register("jobs", jobs.ask_again)
        sweeps.register("clean_up", tasks.ask_for_cleanup, at=time(3, 40), late_by=timedelta(hours=4))
