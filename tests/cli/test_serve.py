"""What `kembar serve` says before it listens."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.conftest import Kembar, environment_of, refusal

FIRST = 'kembar person you@example.org --name "Your name" --role administrator'


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(home: Path, *options: str) -> Iterator[tuple[int, str]]:
    """Run `kembar serve` for a while, and give its port and the first that it says."""
    port = free_port()
    command = "from kembar.cli.main import main; main()"
    with subprocess.Popen(
        [sys.executable, "-c", command, "serve", "--port", str(port), *options],
        env=environment_of(home),
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr
        lines = []
        for line in process.stderr:
            lines.append(line)
            if "Ctrl+C" in line:
                break
        try:
            yield port, "".join(lines)
        finally:
            process.terminate()


def said_by_serve(home: Path, *options: str) -> str:
    with serving(home, *options) as (_port, said):
        return said


def test_without_people_it_says_how_to_make_the_first_administrator(home: Path) -> None:
    said = said_by_serve(home)

    assert FIRST in said
    assert "kembar example" in said


def test_with_people_it_does_not(home: Path, kembar: Kembar) -> None:
    kembar("person", "siti@example.org", "--name", "Siti", "--role", "administrator")

    said = said_by_serve(home)

    assert FIRST not in said
    assert "Warning" not in said


def answer_to(port: int, sent: Iterable[bytes], *, host: str = "127.0.0.1") -> bytes:
    """Send a request, and return the whole answer to it."""
    with reaching(host, port) as talk:
        for part in sent:
            talk.sendall(part)
        answer = b""
        while part := talk.recv(65536):
            answer += part
        return answer


def reaching(host: str, port: int) -> socket.socket:
    for _try in range(50):
        try:
            return socket.create_connection((host, port), timeout=10)
        except ConnectionRefusedError:
            time.sleep(0.1)
    raise AssertionError("kembar serve does not listen.")


def test_who_sends_too_much_is_told_so_in_his_language_when_all_of_it_was_sent(home: Path) -> None:
    head = (
        "POST /account/login/ HTTP/1.1\r\nHost: localhost\r\nAccept-Language: zh-CN\r\n"
        f"Content-Length: {40 * 2**20}\r\nConnection: close\r\n\r\n"
    )
    with serving(home) as (port, _said):
        answer = answer_to(port, [head.encode(), *[bytes(2**20)] * 40])

    status, page = answer.split(b"\r\n", 1)
    assert status.startswith(b"HTTP/1.1 413 ")
    assert '<html lang="zh-Hans">' in page.decode()
    assert "20.0\xa0MB" in page.decode()


def test_the_password_of_the_example_is_shown_on_this_machine_only(
    home: Path, kembar: Kembar
) -> None:
    kembar("example")
    password = (home / "example-password.txt").read_text().strip()

    here, everywhere = said_by_serve(home), said_by_serve(home, "--host", "0.0.0.0")

    assert password in here
    assert password not in everywhere
    assert "7 example people can sign in, and 0.0.0.0 is open to other machines." in everywhere
    assert "open to other machines" not in here


def test_without_example_people_nothing_is_said_of_them(home: Path) -> None:
    assert "example people" not in said_by_serve(home, "--host", "0.0.0.0")


@pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="This machine has no IPv6.")
def test_it_listens_on_an_address_of_ipv6_too(home: Path) -> None:
    with serving(home, "--host", "::1") as (port, said):
        answer = answer_to(port, [b"GET / HTTP/1.0\r\nHost: [::1]\r\n\r\n"], host="::1")

    assert f"http://[::1]:{port}/" in said
    assert answer.startswith(b"HTTP/1.0 200 ")


@pytest.mark.parametrize("host", ["atlantis.invalid", "192.0.2.1", "a" * 70])
def test_a_host_that_is_not_here_is_no_matter_of_ports(kembar: Kembar, host: str) -> None:
    said = refusal(kembar("serve", "--host", host))

    assert f"{host} is no address of this machine" in said
    assert "--port" not in said


def test_another_port_is_named_if_one_is_taken(kembar: Kembar) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        said = refusal(kembar("serve", "--port", str(port)))

    assert f"127.0.0.1:{port} cannot be used (Address already in use)." in said
    assert f"Try --port {port + 1}." in said


def test_no_port_above_the_last_is_named(kembar: Kembar) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 65535))
        other.listen()
        said = refusal(kembar("serve", "--port", "65535"))

    assert "Try --port 8000." in said
