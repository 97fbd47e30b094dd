"""Files that people hand in: checked by content, kept by SHA-256, given back as attachments."""

from __future__ import annotations

import codecs
import hashlib
import logging
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

import filetype
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, Http404
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

logger = logging.getLogger(__name__)

# What an office hands in. Anything that can run, such as HTML, SVG or macros, is not among it.
ALLOWED = {
    "application/pdf": (".pdf",),
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/webp": (".webp",),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": (".docx",),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": (".xlsx",),
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": (".pptx",),
    "application/vnd.oasis.opendocument.text": (".odt",),
    "text/plain": (".txt", ".csv"),
}


LONGEST_NAME = 200


@dataclass(frozen=True)
class Kept:
    """Where the bytes lie now, and what they are."""

    sha256: str
    size: int
    content_type: str


def file_name(upload: UploadedFile[Any]) -> str:
    """Return the name to keep a file under, shortened before its ending if it is too long.

    Django has taken off folders, and signs that are not seen, such as those that turn the
    direction of writing.
    """
    name = upload.name or "file"
    ending = Path(name).suffix[-20:]
    return name.removesuffix(ending)[: LONGEST_NAME - len(ending)] + ending


def content_type_of(head: bytes, name: str) -> str:
    """Return the type that the content shows.

    Raises
    ------
    ValidationError
        If the type is not one that an office hands in, or the name says another one.
    """
    guess = filetype.guess(head)
    found = guess.mime if guess else ""
    if not found and _is_text(head):
        found = "text/plain"
    suffix = Path(name).suffix.lower()
    if found not in ALLOWED:
        message = _(
            "%(name)s is not a file that can be kept here. PDF, Word, Excel, PowerPoint,"
            " OpenDocument text, PNG, JPEG, WebP and plain text can."
        )
        raise ValidationError(message, code="type", params={"name": name})
    if suffix not in ALLOWED[found]:
        message = _("%(name)s is really %(type)s. Give it the ending %(ending)s and try again.")
        params = {"name": name, "type": found, "ending": ALLOWED[found][0]}
        raise ValidationError(message, code="ending", params=params)
    return found


def _is_text(head: bytes) -> bool:
    if not head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return b"\0" not in head
    # What Excel calls Unicode text. The head may end in the middle of a character.
    try:
        return "\0" not in codecs.getincrementaldecoder("utf-16")().decode(head)
    except UnicodeDecodeError:
        return False


def path_of(sha256: str) -> Path:
    """Return where the file with this SHA-256 lies."""
    return Path(settings.FILES_ROOT) / sha256[:2] / sha256


def check_size(size: int, name: str) -> None:
    """Refuse a file that is larger than this installation takes."""
    if size > settings.UPLOAD_MAX_BYTES:
        message = _("%(name)s is larger than %(limit)s.")
        params = {"name": name, "limit": filesizeformat(settings.UPLOAD_MAX_BYTES)}
        raise ValidationError(message, code="size", params=params)


def keep(chunks: Iterator[bytes], name: str) -> Kept:
    """Write a file under its SHA-256, a chunk at a time. The same file twice is kept once."""
    root = Path(settings.FILES_ROOT)
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    digest, size, head = hashlib.sha256(), 0, b""
    with tempfile.NamedTemporaryFile(dir=root, delete=False) as file:
        try:
            for chunk in chunks:
                size += len(chunk)
                check_size(size, name)
                if len(head) < 8192:
                    head += chunk[: 8192 - len(head)]
                digest.update(chunk)
                file.write(chunk)
            if not size:
                raise ValidationError(_("%(name)s is empty."), params={"name": name})
            content_type = content_type_of(head, name)
        except ValidationError:
            os.unlink(file.name)
            raise
    target = path_of(digest.hexdigest())
    target.parent.mkdir(mode=0o700, exist_ok=True)
    os.replace(file.name, target)
    return Kept(digest.hexdigest(), size, content_type)


def keep_upload(upload: UploadedFile[Any]) -> Kept:
    """Keep a file that came with a form."""
    return keep(iter(upload.chunks()), file_name(upload))


def kept_files() -> Iterator[Path]:
    """Yield every file that is kept, and what an upload left that broke off."""
    return (path for path in Path(settings.FILES_ROOT).rglob("*") if path.is_file())


class FileGoneError(Http404):
    """The record of a file is here, but its bytes are not."""


def open_kept(sha256: str) -> IO[bytes]:
    """Return a kept file, open to be read.

    Raises
    ------
    FileGoneError
        If it is not on the disk.
    """
    try:
        return path_of(sha256).open("rb")
    except FileNotFoundError as error:
        logger.error("%s is gone: take it from a backup.", path_of(sha256))
        raise FileGoneError from error


def as_attachment(sha256: str, name: str, content_type: str) -> FileResponse:
    """Return a kept file to be saved, never shown inside our pages."""
    response = FileResponse(open_kept(sha256), content_type=content_type)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    response["X-Content-Type-Options"] = "nosniff"
    return response
