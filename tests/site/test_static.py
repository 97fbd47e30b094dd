"""Style sheets and scripts: served from where they lie, collected or not."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

OPEN = """
import sys
import django
from django.core.management import call_command
from django.test import Client

django.setup()
for _collected in sys.argv[1:]:
    call_command("collectstatic", interactive=False, verbosity=0)

from kembar.site.wsgi import application

assert Client().get("/static/kit/tokens.css").status_code == 200
"""


@pytest.mark.parametrize("collected", [[], ["collected"]])
def test_a_new_house_opens_without_a_warning(tmp_path: Path, collected: list[str]) -> None:
    environment = {**os.environ, "KEMBAR_HOME": str(tmp_path), "DATABASE_URL": ""}
    environment |= {"DJANGO_SETTINGS_MODULE": "kembar.site.settings", "KEMBAR_HOSTS": "testserver"}
    command = [sys.executable, "-W", "error::UserWarning", "-c", OPEN, *collected]

    done = subprocess.run(command, env=environment, capture_output=True, text=True)

    assert (done.returncode, done.stderr) == (0, "")
