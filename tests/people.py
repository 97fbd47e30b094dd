"""People in tests are their parts: whoever is asked for holds a post of that role now."""

from __future__ import annotations

from datetime import date
from itertools import count

from kembar.apps.accounts.models import Holding, Office, Post, User
from kembar.apps.accounts.rights import Role
from kembar.apps.kit.text import Text

PASSWORD = "kupang-nanchang-2025"
SINCE = date(2025, 1, 6)

KINDS = {
    Role.AGENCY: Office.Kind.AGENCY,
    Role.MINISTRY: Office.Kind.MINISTRY,
    Role.PARTNER: Office.Kind.PARTNER,
}
_numbers = count(1)


def an_office(kind: str = Office.Kind.REGION, region_code: str = "ID-NT", name: str = "") -> Office:
    """Return the office of that kind and region, made if there is none of that name yet."""
    text = Text(en=name or f"Office {kind} {region_code}".strip())
    found = Office.objects.filter(kind=kind, region_code=region_code, name=text).first()
    return found or Office.objects.create(name=text, kind=kind, region_code=region_code)


def a_post(role: Role = Role.DESK, region_code: str = "ID-NT", *, title: str = "") -> Post:
    """Return a new vacant post in an office of that region."""
    office = an_office(KINDS.get(role, Office.Kind.REGION), region_code)
    return Post.objects.create(
        title=Text(en=title or role.value.capitalize()), office=office, role=role
    )


def nobody_yet(*, name: str = "", email: str = "") -> User:
    """Return a new person without any post."""
    number = next(_numbers)
    return User.objects.create_user(
        email=email or f"person{number}@example.org",
        password=PASSWORD,
        name=name or f"Person {number}",
    )


def a_person(role: Role, region_code: str = "ID-NT", *, name: str = "", email: str = "") -> User:
    """Return a new person who holds a post of that role in an office of that region."""
    person = nobody_yet(name=name or f"{role.value.capitalize()} {next(_numbers)}", email=email)
    Holding.objects.create(post=a_post(role, region_code), person=person, since=SINCE)
    return person
