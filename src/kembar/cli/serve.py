"""kembar serve: open Kembar to browsers."""

from __future__ import annotations

import errno
import socket
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from kembar.cli.house import load_register, open_house
from kembar.cli.speech import refuse, say


def serve(
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8000,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    threads: Annotated[int, typer.Option(min=1, max=64, help="Requests at a time.")] = 8,
) -> None:
    """Serve Kembar; the database is brought up to date first.

    Example: kembar serve --port 8123
    """
    host = host.strip("[]")
    _refuse_taken(host, port)
    open_house()
    import waitress
    import waitress.channel
    from django.conf import settings

    # WhiteNoise complains of a folder that is missing, and this one is seldom filled.
    Path(settings.STATIC_ROOT).mkdir(exist_ok=True)
    from kembar.cli.draining import DrainingParser
    from kembar.site import beginning, example
    from kembar.site.wsgi import application

    load_register()
    if beginning.is_without_people():
        say.print(
            "Nobody can sign in yet. Make the first administrator, here or in another window:\n"
            f"  [bold]{beginning.FIRST_ADMINISTRATOR}[/bold]\n"
            "or load the founding example to try Kembar first:\n"
            f"  [bold]{beginning.FOUNDING_EXAMPLE}[/bold]",
            highlight=False,
            soft_wrap=True,
        )
    if not _is_loopback(host):
        if count := example.active_people().count():
            say.print(
                f"{count} example people can sign in, and {host} is open to other machines."
                " Take their access away on the page Posts before others come.",
                style="bold red",
                highlight=False,
            )
    elif example.is_loaded() and example.password_file().exists():
        say.print(
            f"Sign in as [bold]{example.SEATS[0].email}[/bold]"
            f" with the password [bold]{example.example_password()}[/bold]"
            f" (the others: {', '.join(seat.email for seat in example.SEATS[1:])})"
        )
    address = f"http://{_with_port(host, port)}/"
    say.print(f"Kembar is at [bold]{escape(address)}[/bold]  (Ctrl+C ends it)", highlight=False)
    # Behind HTTPS a web server on this machine says by a header how the visitor came; from
    # anybody else waitress takes that header off.
    proxy: dict[str, Any] = {}
    if settings.HTTPS:
        proxy = {
            "trusted_proxy": "127.0.0.1",
            "trusted_proxy_count": 1,
            "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto"},
        }
    waitress.channel.HTTPChannel.parser_class = DrainingParser
    waitress.serve(
        application,
        listen=_with_port(host, port),
        threads=threads,
        ident="Kembar",
        # A browser keeps half a dozen connections open: with waitress's hundred, seventeen
        # people at their desks would lock everybody else out.
        connection_limit=1000,
        max_request_body_size=settings.REQUEST_MAX_BYTES,
        _quiet=True,
        **proxy,
    )


def _refuse_taken(host: str, port: int) -> None:
    """Refuse an address that cannot be listened on, with what to do instead."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError):
        refuse(
            f"{host} is no address of this machine. Leave --host out for this machine alone,"
            " or write --host 0.0.0.0 to be open to others."
        )
    for family, kind, protocol, _name, address in found:
        try:
            with socket.socket(family, kind, protocol) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(address)
        except OSError as error:
            said = f"{_with_port(host, port)} cannot be used ({error.strerror})."
            if error.errno in (errno.EADDRINUSE, errno.EACCES):
                refuse(f"{said} Try --port {_other(port)}.")
            refuse(
                f"{said} {host} is no address of this machine: leave --host out for this"
                " machine alone, or write --host 0.0.0.0 to be open to others."
            )


def _other(port: int) -> int:
    """Return a port that is there to be tried: none above the last, none kept for the system."""
    return port + 1 if 1024 <= port < 65535 else 8000


def _with_port(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _is_loopback(host: str) -> bool:
    """Return whether only this machine reaches an address."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
