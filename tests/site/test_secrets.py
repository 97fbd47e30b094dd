"""Secrets that an installation makes for itself."""

from __future__ import annotations

import secrets
import threading
from pathlib import Path

from kembar.site.environment import kept_secret


def test_processes_that_begin_at_once_agree_on_one_secret(tmp_path: Path) -> None:
    for turn in range(40):
        start, found = threading.Barrier(8), list[str]()
        path = tmp_path / str(turn)

        def begin(start: threading.Barrier, found: list[str], path: Path) -> None:
            start.wait()
            found.append(kept_secret(path, secrets.token_hex()))

        threads = [threading.Thread(target=begin, args=(start, found, path)) for _each in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert set(found) == {path.read_text()}
        assert "" not in found


def test_a_secret_is_its_owner_s_alone_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "secret-key"

    first = kept_secret(path, "one\n")

    assert (first, kept_secret(path, "two\n")) == ("one", "one")
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]
