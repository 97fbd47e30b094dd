"""What is too large is taken to its end, and none of it is kept."""

from __future__ import annotations

from waitress.adjustments import Adjustments
from waitress.utilities import RequestEntityTooLarge

from kembar.cli.draining import DrainingParser

MOST = 1000


def received(*parts: bytes) -> DrainingParser:
    parser = DrainingParser(Adjustments(max_request_body_size=MOST))
    for part in parts:
        parser.received(part)
    return parser


def head(length: int) -> bytes:
    return b"POST / HTTP/1.1\r\nHost: kembar\r\nContent-Length: %d\r\n\r\n" % length


def test_what_is_too_large_waits_for_its_end_and_keeps_nothing() -> None:
    half = received(head(3 * MOST), b"x" * 2 * MOST)
    whole = received(head(3 * MOST), b"x" * 2 * MOST, b"x" * MOST)

    assert not half.completed
    assert whole.completed
    assert whole.error is None
    assert whole.headers["CONTENT_LENGTH"] == str(3 * MOST)
    assert whole.get_body_stream().read() == b""


def test_what_comes_behind_it_is_left_for_the_next_request() -> None:
    parser = received(head(2 * MOST))

    assert parser.received(b"x" * 2 * MOST + b"GET /") == 2 * MOST


def test_what_is_not_too_large_is_read_whole() -> None:
    parser = received(head(MOST - 1), b"x" * (MOST - 1))

    assert parser.completed
    assert parser.get_body_stream().read() == b"x" * (MOST - 1)


def test_a_body_that_announces_no_length_is_refused_at_once() -> None:
    chunks = b"POST / HTTP/1.1\r\nHost: kembar\r\nTransfer-Encoding: chunked\r\n\r\n"
    parser = received(chunks, b"7d0\r\n" + b"x" * 2 * MOST)

    assert parser.completed
    assert isinstance(parser.error, RequestEntityTooLarge)
