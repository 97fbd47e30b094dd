"""What cannot be done is told in one sentence, with the exit code of the manual."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Kembar, refusal

HEADER = "home,partner,kind\n"


def a_table(folder: Path, rows: str = "ID-NT,CN-JX,sister_province\n") -> str:
    path = folder / "ties.csv"
    path.write_text(HEADER + rows, encoding="utf-8")
    return str(path)


# Files


def test_a_folder_is_no_table(kembar: Kembar, tmp_path: Path) -> None:
    assert refusal(kembar("import", str(tmp_path))) == f"{tmp_path} cannot be read: Is a directory."


def test_a_table_that_is_not_there_cannot_be_read(kembar: Kembar) -> None:
    said = refusal(kembar("import", "/nodir/ties.csv"))

    assert said == "/nodir/ties.csv cannot be read: No such file or directory."


def test_an_export_needs_a_folder_that_is_there(kembar: Kembar) -> None:
    assert "/nodir/ties.csv cannot be written" in refusal(kembar("export", "/nodir/ties.csv"))


def test_nothing_is_loaded_if_the_refused_rows_cannot_be_written(
    kembar: Kembar, tmp_path: Path
) -> None:
    table = a_table(tmp_path, "ID-NT,CN-JX,sister_province\nID-NT,nowhere,sister_city\n")

    done = kembar("import", table, "--apply", "--refused", "/nodir/refused.csv")

    assert "/nodir/refused.csv cannot be written" in refusal(done)
    assert json.loads(kembar("export", "--json").stdout) == {"rows": []}


def test_our_own_json_is_not_for_reading_in_again(kembar: Kembar) -> None:
    kembar("export", "ties.json")

    said = refusal(kembar("import", "ties.json"))

    assert said.startswith("ties.json is no table but a file of the kind JSON")


# Settings


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("KEMBAR_TIME_ZONE", "Mars", 'KEMBAR_TIME_ZONE is "Mars"; use a name such as Asia/Jakarta'),
        ("KEMBAR_TIME_ZONE", "../x", 'KEMBAR_TIME_ZONE is "../x"; use'),
        ("KEMBAR_UPLOAD_MB", "-3", 'KEMBAR_UPLOAD_MB is "-3"; use a whole number from 1 on.'),
        ("KEMBAR_UPLOAD_MB", "0", 'KEMBAR_UPLOAD_MB is "0"; use'),
        ("KEMBAR_UPLOAD_MB", "many", 'KEMBAR_UPLOAD_MB is "many"; use'),
        ("DATABASE_URL", "foo", "DATABASE_URL is no address; use one such as postgres://"),
        ("DATABASE_URL", "postgres://kembar:geheim@x:y/z", "DATABASE_URL is no address"),
        ("DATABASE_URL", "mysql://kembar:geheim@x/z", 'DATABASE_URL begins with "mysql:"; use'),
        ("KEMBAR_EMAIL_URL", "smtp://mail:geheim", "KEMBAR_EMAIL_URL is no address; use"),
        ("KEMBAR_EMAIL_URL", "mail.example.org", "KEMBAR_EMAIL_URL is no address; use"),
        ("KEMBAR_LANGUAGE", "fr", 'KEMBAR_LANGUAGE is "fr"; use'),
        ("KEMBAR_DEBUG", "maybe", 'KEMBAR_DEBUG is "maybe"; use'),
    ],
)
def test_a_value_that_cannot_be_understood_stops_the_start(
    kembar: Kembar, name: str, value: str, said: str
) -> None:
    for command in ("doctor", "export"):
        answer = refusal(kembar(command, **{name: value}))

        assert answer.startswith(said)
        assert "geheim" not in answer


# People


PERSON = {"email": "ani@example.org", "--name": "Ani", "--role": "desk", "--region": "ID-NT"}


def add_person(kembar: Kembar, **changed: str) -> list[str]:
    given = PERSON | {name if name == "email" else f"--{name}": v for name, v in changed.items()}
    options = [word for name, value in given.items() if name != "email" for word in (name, value)]
    done = kembar("person", given["email"], *options)
    assert "Traceback" not in done.stderr
    return [str(done.returncode), " ".join(done.stderr.split())]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"name": "  "}, "--name is empty; write the person's name."),
        ({"name": "N" * 151}, "at most 150 characters"),
        ({"email": "ani"}, '"ani" is not an e-mail address.'),
        ({"region": "XX-YY"}, "No region is called “XX-YY”."),
        ({"region": ""}, "needs --region"),
        ({"role": "partner", "region": ""}, "needs --region"),
        ({"role": "agency", "region": ""}, "needs --region"),
        ({"role": "king"}, '--role is "king"; use one of:'),
        ({"office": ""}, "--office is empty; write the name of the office."),
    ],
)
def test_a_person_who_could_do_nothing_is_not_added(
    kembar: Kembar, changed: dict[str, str], said: str
) -> None:
    code, answer = add_person(kembar, **changed)

    assert code == "1"
    assert said in answer
    assert add_person(kembar)[0] == "0", "nothing was left behind"


def test_a_region_may_be_named_and_a_country_is_one(kembar: Kembar) -> None:
    assert add_person(kembar, region="Nusa Tenggara Timur")[0] == "0"
    assert add_person(kembar, email="b@example.org", role="ministry", region="id")[0] == "0"


# The invented nation


def test_an_invented_nation_does_not_go_into_a_house_that_is_filled(
    kembar: Kembar, tmp_path: Path
) -> None:
    kembar("import", a_table(tmp_path), "--apply")

    said = refusal(kembar("seed", "--national", "--scale", "0.002"))

    assert said.startswith("This installation holds ties that are not invented")


# One language


def test_the_reasons_are_in_the_language_of_the_rest(kembar: Kembar, tmp_path: Path) -> None:
    table = a_table(tmp_path, "ID-NT,Nowhere,sister_city\n")

    done = kembar("import", table, "--language", "id", KEMBAR_LANGUAGE="id")

    assert done.returncode == 3
    assert "Nothing is changed yet" in done.stderr
    assert "No region is called “Nowhere”." in " ".join(done.stderr.split())
