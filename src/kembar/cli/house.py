"""Open the house for a command: settings, database, regions."""

from __future__ import annotations

import os

from kembar.cli.speech import refuse


def load_register() -> None:
    """Bring the register of regions up to date, and let search know their new names."""
    from django.db.models import Q

    from kembar.apps.regions import register
    from kembar.apps.search import index
    from kembar.apps.ties.actions import tie_line
    from kembar.apps.ties.models import Tie

    if changed := register.load():
        ties = Tie.objects.filter(Q(home__in=changed) | Q(partner__in=changed))
        index.put([tie_line(tie) for tie in ties.select_related("home", "partner")])


def open_house(*, migrate: bool = True) -> None:
    """Set Django up; bring the database up to date unless told not to.

    A command speaks English, as its own sentences do, whatever the pages speak.
    """
    import django
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import call_command
    from django.db.utils import OperationalError
    from django.utils import translation

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kembar.site.settings")
    try:
        django.setup()
        translation.activate("en")
        if migrate:
            call_command("migrate", verbosity=0, interactive=False)
    except ImproperlyConfigured as error:
        refuse(str(error))
    except OperationalError as error:
        refuse(f"The database does not answer: {error}. Look at DATABASE_URL and KEMBAR_HOME.")
    except OSError as error:
        refuse(f"{error.filename}: {error.strerror}. Look at KEMBAR_HOME.")
