"""What an installation says as long as nobody can sign in."""

from __future__ import annotations

from kembar.apps.accounts.models import User

FIRST_ADMINISTRATOR = 'kembar person you@example.org --name "Your name" --role administrator'
FOUNDING_EXAMPLE = "kembar example"


def is_without_people() -> bool:
    return not User.objects.exists()
