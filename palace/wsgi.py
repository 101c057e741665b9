"""The web process: ``granian --interface wsgi palace.wsgi:application``."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "palace.settings")
application = get_wsgi_application()
