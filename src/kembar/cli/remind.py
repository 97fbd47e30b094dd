"""kembar remind: one mail to whoever holds a post, of what is due, late or waiting."""

from __future__ import annotations

from typing import Annotated

import typer

from kembar.cli.house import open_house
from kembar.cli.speech import refuse, say, tell

WEEK_DAYS, DAY_DAYS = 7, 1
ESCALATE_AFTER_DAYS = 14


def remind(
    daily: Annotated[
        bool, typer.Option("--daily", help="Of what is due by tomorrow, not in a week.")
    ] = False,
    escalate_after: Annotated[
        int,
        typer.Option(min=0, help="Tell the head too of what is late by more days than this."),
    ] = ESCALATE_AFTER_DAYS,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the mails instead of sending them.")
    ] = False,
) -> None:
    """Send one mail to each person with what is due, late or waiting in his language.

    Who has nothing gets nothing, and nobody gets two mails on one day.

    Exit code 1: a mail could not be sent; run it again.

    Example: kembar remind --dry-run
    """
    open_house()
    from django.utils import timezone

    from kembar.apps.accounts.adapters import mail_works
    from kembar.apps.cases import reminding

    if not dry_run and not mail_works():
        refuse("No mail leaves this installation: set KEMBAR_EMAIL_URL, or look with --dry-run.")
    today = timezone.localdate()
    horizon = DAY_DAYS if daily else WEEK_DAYS
    found = reminding.digests(today, horizon_days=horizon, escalate_after=escalate_after)
    if dry_run:
        for digest in found:
            mail = reminding.mail_of(digest, today)
            typer.echo(f"To: {mail.to}\nSubject: {mail.subject}\n\n{mail.text}")
        say.print(f"Mails that would be sent: {len(found)}. Nothing was sent.")
        return
    sent, failed = 0, 0
    for digest in found:
        outcome = reminding.send(digest, today)
        if isinstance(outcome, reminding.Failure):
            failed += 1
            tell(f"The mail to {outcome.to} could not be sent: {outcome.reason}.")
        else:
            sent += outcome
    again = len(found) - sent - failed
    say.print(f"Mails sent: {sent}. Reminded already today: {again}.")
    raise typer.Exit(int(failed > 0))
