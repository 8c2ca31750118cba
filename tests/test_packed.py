"""A few kilobytes can be made that unpack to more than any memory: the size, the limit and the file are named first."""

from __future__ import annotations

import gzip
import io
import struct
import tracemalloc
import zipfile

import pyarrow as pa
import pyarrow.parquet
import pytest

from bad_input import CommandLine
from twinbean._files import read_text
from twinbean._packed import MOST_TIMES, SMALL_BYTES, most_unpacked
from twinbean.errors import DataError
from twinbean.sessions.parquet import read_parquet

BLANKS = b" " * (SMALL_BYTES + 1)


def zipped(content, method=zipfile.ZIP_DEFLATED):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        archive.writestr("t.jsonl", content)
    return file.getvalue()


def understated(archive):
    """The same zip, which says that there are ten bytes in it."""
    size = struct.pack("<I", len(BLANKS))
    assert archive.count(size) == 2
    return archive.replace(size, struct.pack("<I", 10))


def equal_rows(number, columns):
    file = io.BytesIO()
    group = pa.table({name: pa.array([1.5] * (number // 8)) for name in columns})
    with pyarrow.parquet.ParquetWriter(file, group.schema) as writer:
        for _ in range(8):
            writer.write_table(group)
    return file.getvalue()


FOREIGN = ("--participant", "who", "--choice", "what", "-o", "t.csv")
TRANSCRIPTS = ("--model", "smollm2", "-o", "run")
BOMBS = {
    "t.csv.gz": (lambda: gzip.compress(BLANKS), ("convert", "t.csv.gz", *FOREIGN)),
    "t.zip": (lambda: zipped(BLANKS), ("score", "transcripts", "t.zip", *TRANSCRIPTS)),
    "t.parquet": (lambda: equal_rows(10_000_000, ["who", "what"]), ("convert", "t.parquet", "-o", "t.csv")),
    "f.parquet": (lambda: equal_rows(10_000_000, ["who", "what"]), ("convert", "f.parquet", *FOREIGN)),
}


@pytest.mark.parametrize("name", BOMBS)
def test_what_unpacks_to_far_more_than_it_is_long_is_refused_and_takes_no_memory(name, tmp_path, monkeypatch, capsys):
    make, command = BOMBS[name]
    path = tmp_path / name
    path.write_bytes(make())
    packed = path.stat().st_size
    assert packed < 100_000
    monkeypatch.chdir(tmp_path)
    twinbean, pool = CommandLine(tmp_path, monkeypatch, capsys), pa.default_memory_pool()
    # Other tests of this process may have left what is freed at any moment, or may have needed more before.
    most_before, allowed = pool.max_memory(), pool.bytes_allocated() + SMALL_BYTES
    tracemalloc.start()
    try:
        message = twinbean.refused(*command)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert f"{name} has {packed:,} bytes and unpacks to more than {SMALL_BYTES:,}" in message
    assert most < 3 * SMALL_BYTES
    assert pool.max_memory() <= max(most_before, allowed)


def test_a_zip_need_not_say_how_much_is_in_it_to_be_refused(tmp_path):
    path = tmp_path / "t.zip"
    path.write_bytes(understated(zipped(BLANKS)))
    with pytest.raises(DataError, match=r"t\.zip (is damaged|has .* bytes and unpacks)"):
        read_text(path, member=".jsonl")
    # Of these a few bytes are unpacked to gigabytes at once.
    for method in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        path.write_bytes(zipped(BLANKS, method))
        with pytest.raises(DataError, match=r"t\.zip is packed in an unusual way"):
            read_text(path, member=".jsonl")


def test_the_limit_grows_with_the_file_and_what_is_sound_is_read(tmp_path):
    path = tmp_path / "t.gz"
    path.write_bytes(gzip.compress(BLANKS[:-1]))
    assert len(read_text(path)) == SMALL_BYTES == most_unpacked(path)
    large = tmp_path / "large"
    large.write_bytes(b"")
    with large.open("r+b") as file:
        file.truncate(SMALL_BYTES)
    assert most_unpacked(large) == MOST_TIMES * SMALL_BYTES
    sound = tmp_path / "sound.parquet"
    sound.write_bytes(equal_rows(1_000_000, ["who", "what"]))
    assert len(read_parquet(sound)) == 1_000_000
