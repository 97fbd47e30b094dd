"""Kembar's own settings, in a home that lives as long as the test run."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

from kembar.site import environment

# What a developer has set for himself must not reach the tests; only the database may be chosen.
for _name in environment.SETTINGS:
    if _name != "DATABASE_URL":
        os.environ.pop(_name, None)
_home = tempfile.mkdtemp(prefix="kembar-test-")
os.environ["KEMBAR_HOME"] = _home
# The sentences in the source are English, so tests read them as they stand in the code.
os.environ["KEMBAR_LANGUAGE"] = "en"
atexit.register(shutil.rmtree, _home, ignore_errors=True)

from kembar.site.settings import *  # noqa: E402, F403
from kembar.site.settings import DATABASES, HOME  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

# A file and not memory, so that writers wait for each other as they do in an office.
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["TEST"] = {"NAME": str(HOME / "test.sqlite3")}
