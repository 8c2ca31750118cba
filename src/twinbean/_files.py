"""Reading and writing files: what is read is text or a sentence that says why not; what is written is there whole or
not at all, also after a power cut."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterable
from pathlib import Path

from twinbean.errors import DataError

# What stands for standard output where a command writes one file.
STDOUT = Path("-")
_BOMS = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16", b"\x1f\x8b": "gzip", b"PK\x03\x04": "zip"}


def read_text(path: Path, *, member: str | None = None) -> str:
    """The text of a file in UTF-8, with or without a byte order mark; `.gz` is unpacked, and so is a `.zip` if `member`
    says how the name of the one file in it ends.

    Line ends are kept. Raises DataError where there is no such file, or it is cut off, or no text, or unpacks to far
    more than it is long.
    """
    if path.is_dir():
        raise DataError(f"{path} is a folder, expected a file")
    if not path.is_file():
        raise DataError(f"{path} is no regular file" if path.exists() else f"{path} does not exist")
    try:
        if path.suffix == ".gz" or (path.suffix == ".zip" and member is not None):
            from twinbean._packed import unpacked  # imports what few files need, and no command's start

            content = unpacked(path, member or "")
        else:
            content = path.read_bytes()
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror or error}") from None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        found = next((name for mark, name in _BOMS.items() if content.startswith(mark)), None)
        found = f"it is {found}" if found else f"byte {error.start} is 0x{content[error.start]:02x}"
        raise DataError(f"{path} is not UTF-8 text: {found}") from None


def write_text(path: Path, text: str) -> None:
    """Write a file in UTF-8, whole or not at all, and return once it is on disk. See `write_bytes`."""
    write_bytes(path, text.encode("utf-8", "backslashreplace"))


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, and return once it is on disk. See `write_pieces`."""
    write_pieces(path, (content,))


def write_pieces(path: Path, pieces: Iterable[bytes]) -> None:
    """Write a file, piece by piece, whole or not at all, and return once it is on disk.

    The file that a link leads to is replaced, not the link. What is no regular file, a device or a pipe, is written
    into, and `-` is standard output.
    """
    if path == STDOUT:
        sys.stdout.flush()
        sys.stdout.buffer.writelines(pieces)
        sys.stdout.buffer.flush()
        return
    if is_special(path):
        with path.open("wb") as opened:
            opened.writelines(pieces)
        return
    path = path.resolve()
    temporary = path.with_name(f".{path.name}.part")
    try:
        with temporary.open("wb") as file:
            file.writelines(pieces)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def is_special(path: Path) -> bool:
    """Whether `path` is there and neither a file nor a folder: a device, a pipe, a socket, or standard output."""
    if path == STDOUT:
        return True
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return False
    return not stat.S_ISREG(mode) and not stat.S_ISDIR(mode)


def _sync_folder(folder: Path) -> None:
    """A renamed file is under its new name for good once its folder is on disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
