"""The ASGI application served by uvicorn."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "allo.web.settings")

_django = get_asgi_application()

from allo.web.body_limit import BodyLimit  # noqa: E402  settings come first

application = BodyLimit(_django)
