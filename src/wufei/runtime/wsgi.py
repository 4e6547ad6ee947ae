"""The application as the web server loads it."""

from __future__ import annotations

import os
import signal
import threading
import time

from django.core.wsgi import get_wsgi_application

from wufei.runtime.environment import environment
from wufei.runtime.logs import set_up_logs

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wufei.runtime.settings")
set_up_logs(environment())

PARENT_CHECK_S = 1.0


def _end_with_parent(parent_id: int) -> None:
    """End this worker when the process that started it is gone: an orphan would hold port and database."""
    while os.getppid() == parent_id:
        time.sleep(PARENT_CHECK_S)
    os.kill(os.getpid(), signal.SIGKILL)


threading.Thread(target=_end_with_parent, args=[os.getppid()], daemon=True).start()
application = get_wsgi_application()
