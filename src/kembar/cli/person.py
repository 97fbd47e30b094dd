"""kembar person: the first administrator, or anybody else, without a browser."""

from __future__ import annotations

import secrets
from typing import Annotated

import typer

from kembar.cli.house import load_register, open_house
from kembar.cli.speech import refuse, say


def person(
    email: Annotated[str, typer.Argument(help="E-mail to sign in with.")],
    name: Annotated[str, typer.Option(help="The person's name.")],
    role: Annotated[str, typer.Option(help="desk, agency, head, … administrator.")],
    region: Annotated[str, typer.Option(help="ID-NT, ID, a name, or empty for everywhere.")] = "",
    office: Annotated[str, typer.Option(help="Name of the office.")] = "Kembar",
) -> None:
    """Add a person with a post; a password is made and printed once.

    Example: kembar person siti@nttprov.example --name "Siti" --role administrator
    """
    if not name.strip():
        refuse("--name is empty; write the person's name.")
    if not office.strip():
        refuse("--office is empty; write the name of the office.")
    open_house()
    from django.core.exceptions import ValidationError
    from django.core.validators import validate_email
    from django.db import transaction

    from kembar.apps.accounts.models import Holding, Office, Post, User
    from kembar.apps.accounts.rights import Role
    from kembar.apps.audit.actions import (
        Deed,
        differences,
        first_values,
        in_each_language,
        record_all,
    )
    from kembar.apps.kit.text import Text
    from kembar.apps.posts.forms import OfficeRegionField

    if role not in Role.values:
        refuse(f'--role is "{role}"; use one of: {", ".join(Role.values)}.')
    if role in (Role.DESK, Role.AGENCY, Role.PARTNER) and not region.strip():
        refuse(f"--role {role} needs --region, for it has rights in its own region only.")
    try:
        validate_email(email)
    except ValidationError:
        refuse(f'"{email}" is not an e-mail address.')
    if User.objects.filter(email__iexact=email).exists():
        refuse(f"{email} is known already; an administrator gives posts on the page Posts.")
    load_register()
    try:
        code = OfficeRegionField(required=False).clean(region)
        User(email=email, name=name).full_clean(exclude=["password"])
    except ValidationError as error:
        refuse(" ".join(error.messages))
    kinds = {Role.MINISTRY.value: Office.Kind.MINISTRY, Role.PARTNER.value: Office.Kind.PARTNER}
    password = secrets.token_urlsafe(12)
    with transaction.atomic():
        seat = Office.objects.create(
            name=Text(id=office), kind=kinds.get(role, Office.Kind.REGION), region_code=code
        )
        title = in_each_language(lambda: str(Role(role).label))
        post = Post.objects.create(office=seat, title=title, role=role)
        user = User.objects.create_user(email, password, name=name)
        holding = Holding.objects.create(post=post, person=user)
        held = differences({}, {"holder": user, "since": holding.since})
        deeds = [
            Deed("posts.office_added", seat, code, changes=first_values(seat)),
            Deed("posts.post_added", post, code, changes=first_values(post)),
            Deed("posts.person_added", user, code),
            Deed("posts.filled", post, code, changes=held),
        ]
        record_all(deeds, by=None)
    say.print(f"{email} may sign in with the password [bold]{password}[/bold]; it is shown once.")
