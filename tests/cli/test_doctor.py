"""What `kembar doctor` finds wrong, and that it says how to mend it."""

from __future__ import annotations

import json
import os
import sqlite3
from pathlib import Path

import pytest

from tests.apps.accounts.test_sign_in_service import Service
from tests.cli.conftest import Kembar, run

Finding = dict[str, str]


def examined(kembar: Kembar, **settings: str) -> tuple[int, list[Finding]]:
    done = kembar("doctor", "--json", **settings)
    assert "Traceback" not in done.stderr
    return done.returncode, json.loads(done.stdout)


def found(findings: list[Finding], words: str) -> Finding:
    (one,) = [finding for finding in findings if words in finding["what"]]
    return one


def bad(findings: list[Finding]) -> list[str]:
    return [finding["what"] for finding in findings if finding["level"] == "bad"]


def test_a_new_installation_has_nothing_bad(kembar: Kembar, home: Path) -> None:
    code, findings = examined(kembar)

    assert (code, bad(findings)) == (0, [])
    assert all(set(finding) == {"level", "what", "mend"} for finding in findings)
    assert all(finding["mend"] for finding in findings if finding["level"] != "good")
    assert found(findings, "MB free")["level"] == "good"
    assert found(findings, "can be read by its owner alone")["level"] == "good"


@pytest.mark.parametrize(
    ("name", "mode", "mend"),
    [(".", 0o755, "chmod 700"), ("secret-key", 0o644, "600"), ("kembar.sqlite3", 0o640, "600")],
)
def test_what_others_can_read_is_bad(
    kembar: Kembar, home: Path, name: str, mode: int, mend: str
) -> None:
    path = home / name
    path.chmod(mode)

    code, findings = examined(kembar)

    assert (code, bad(findings)) == (1, [f"{path} can be read by others"])
    assert mend in found(findings, "can be read by others")["mend"]


def test_a_folder_for_files_that_cannot_be_written_is_bad(kembar: Kembar, home: Path) -> None:
    (home / "files").write_text("no folder")

    code, findings = examined(kembar)

    assert code == 1
    assert found(findings, f"{home / 'files'} cannot be written")["mend"]


def test_changes_of_the_database_that_wait_are_told(tmp_path: Path) -> None:
    done = run(tmp_path / "new", "doctor", "--json")

    waiting = found(json.loads(done.stdout), "changes of the database wait")
    assert (waiting["level"], waiting["mend"]) == ("warning", "kembar serve brings it up to date.")


def test_the_last_seal_is_told_to_be_written_down_elsewhere(kembar: Kembar, home: Path) -> None:
    kembar("person", "siti@example.org", "--name", "Siti", "--role", "administrator")
    with sqlite3.connect(home / "kembar.sqlite3") as database:
        ((seal,),) = database.execute("SELECT last_seal FROM audit_chainhead")

    _code, findings = examined(kembar)

    assert found(findings, "history is whole")["what"].endswith(f"4 entries, last seal {seal}")


def test_a_history_that_lost_its_end_is_bad(kembar: Kembar, home: Path) -> None:
    kembar("person", "siti@example.org", "--name", "Siti", "--role", "administrator")
    with sqlite3.connect(home / "kembar.sqlite3") as database:
        database.execute("DROP TRIGGER audit_entry_no_delete")
        database.execute("DELETE FROM audit_entry")

    code, findings = examined(kembar)

    assert code == 1
    assert "Entries at the end were taken out" in found(findings, "history is broken")["what"]


def test_a_database_that_does_not_answer_is_bad(kembar: Kembar) -> None:
    code, findings = examined(kembar, DATABASE_URL="postgres://kembar@127.0.0.1:9/kembar")

    assert code == 1
    assert "DATABASE_URL" in found(findings, "The database does not answer")["mend"]


@pytest.mark.postgres
def test_the_version_of_the_server_is_told(kembar: Kembar) -> None:
    _code, findings = examined(kembar, DATABASE_URL=os.environ["DATABASE_URL"])

    assert found(findings, "PostgreSQL 1")["level"] == "good"


def test_it_says_whether_the_service_to_sign_in_with_answers(kembar: Kembar) -> None:
    playing = Service()
    given = {
        "KEMBAR_OIDC_NAME": "NTT SSO",
        "KEMBAR_OIDC_URL": playing.url,
        "KEMBAR_OIDC_CLIENT_ID": "kembar",
        "KEMBAR_OIDC_SECRET": "secret",
    }
    answers = found(examined(kembar, **given)[1], "NTT SSO")
    playing.close()

    code, findings = examined(kembar, **given)

    assert answers["level"] == "good"
    assert (code, found(findings, "NTT SSO")["level"]) == (1, "bad")
    assert "KEMBAR_OIDC_URL" in found(findings, "NTT SSO")["mend"]


def test_closed_regions_that_bind_nobody_are_told(kembar: Kembar, home: Path) -> None:
    assert kembar("example").returncode == 0
    with sqlite3.connect(home / "kembar.sqlite3") as database:
        database.execute(
            "INSERT INTO scouting_closed (version, keeper_code, region_id, reason, basis, since,"
            " lifted) VALUES (1, 'ID-NT', 'CN-GD', '{\"en\": \"R\"}', '{\"en\": \"B\"}',"
            " '2026-01-01 00:00:00', '')"
        )

    _code, findings = examined(kembar)

    told = found(findings, "bind no study")
    assert told["level"] == "warning"
    assert "ID-NT" in told["what"] and "lift" in told["mend"].lower()
