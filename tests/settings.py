"""Django's settings under test: a temporary installation, and PostgreSQL instead of SQLite on `--postgresql`.

Nothing of the checkout's own installation is read or written: the temporary folder is set before any settings load.
"""

import atexit
import os
import shutil
import sys
import tempfile
from pathlib import Path

for name in [name for name in os.environ if name.startswith("ALLO_") and name != "ALLO_ASTERISK_ROOT"]:
    del os.environ[name]
os.environ["ALLO_HOME"] = tempfile.mkdtemp(prefix="allo-test-")
atexit.register(shutil.rmtree, os.environ["ALLO_HOME"], ignore_errors=True)

if "--postgresql" in sys.argv:
    from tests.postgresql import Server

    _server = Server.start(Path(tempfile.mkdtemp(prefix="allo-pg-")))
    atexit.register(_server.stop)
    os.environ["ALLO_DATABASE_URL"] = _server.url

from allo.web.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # quick; nothing here is a secret
