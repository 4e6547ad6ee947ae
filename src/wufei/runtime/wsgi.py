"""The application as the web server loads it."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

from wufei.runtime.environment import environment
from wufei.runtime.logs import set_up_logs

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wufei.runtime.settings")
set_up_logs(environment())
application = get_wsgi_application()
