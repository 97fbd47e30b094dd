"""`kembar remind`: one mail each, of what is due, late or waiting."""

from __future__ import annotations

from tests.cli.conftest import Kembar, refusal


def test_without_mail_it_says_what_to_set(kembar: Kembar) -> None:
    assert "KEMBAR_EMAIL_URL" in refusal(kembar("remind"))


def test_a_dry_run_prints_and_sends_nothing(kembar: Kembar) -> None:
    assert kembar("example").returncode == 0

    done = kembar("remind", "--dry-run", KEMBAR_ADDRESS="https://kembar.example.go.id/")
    again = kembar("remind", "--dry-run", "--daily")

    assert done.returncode == again.returncode == 0, done.stderr
    assert "Nothing was sent." in done.stderr
    for line in done.stdout.splitlines():
        if "/cases/" in line:
            assert "https://kembar.example.go.id/cases/" in line


def test_with_nothing_to_say_nothing_is_sent(kembar: Kembar) -> None:
    done = kembar("remind", KEMBAR_EMAIL_URL="console://localhost")

    assert done.returncode == 0, done.stderr
    assert "Mails sent: 0" in done.stderr
    assert done.stdout == ""


def test_an_address_that_is_none_is_refused(kembar: Kembar) -> None:
    told = refusal(kembar("remind", "--dry-run", KEMBAR_ADDRESS="kembar"))

    assert "KEMBAR_ADDRESS" in told
