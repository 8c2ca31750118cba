"""What the fuzzer puts in the place of what was there (see `fuzzing`)."""

from __future__ import annotations

import datetime
import decimal

# Values as JSON's text: of every type, at every end, and some that only Python's parser takes.
VALUES = (
    *("null", "true", "false", "0", "1", "-1", "0.5", "-0.0", "1e308", "1e999", "-1e999", "NaN", "9" * 40, "9" * 5000),
    *('""', '"x"', '"1"', '"=1+1"', r'"\ud800"', r'"\u0000"', r'"\u2028"', '"\\u202e"', '"' + "x" * 200_000 + '"'),
    *("[]", "[[]]", "[null]", "[-1]", "[0.5]", "[99]", '["x"]', "{}", '{"a": 1}', "[[[[0]]]]", "[0, 0]"),
    *("[" * 3000 + "]" * 3000, '{"a":' * 3000 + "1" + "}" * 3000),
)
WORDS = (
    *(
        "",
        "x",
        "-1",
        "0",
        "0.5",
        "1e999",
        "-1e999",
        "inf",
        "nan",
        "9" * 40,
        "9" * 5000,
        "١",
        "²",
        "=1+1",
        "'",
        '"',
        ",",
    ),
    *(
        "\x1b[31m",
        "\u2028",
        "x" * 200_000,
        "[",
        "[[[[0]]]]",
        "[-1]",
        "[99]",
        "{}",
        '{"a": 1}',
        "null",
        "True",
        "../..",
        "-",
    ),
)
BYTES = (
    b"",
    b"\x00" * 100,
    b"\xff\xfe[\x00]\x00",
    b"\x1f\x8b\x08\x00",
    b"PK\x03\x04",
    b"[",
    b"{",
    b'"',
    b"\xef\xbb\xbf",
    b"[" * 100_000,
)

# Of replies. An answer of 1xx is none, and what it promises does not come.
STATUSES = (
    *("200", "201", "204", "206", "301", "304", "307", "400", "401", "402", "404", "408", "413", "422", "429"),
    *("500", "503", "529", "599", "999"),
)
HEADERS = (
    *("", "x", "-1", "0", "nan", "inf", "1e999", "9" * 400, "gzip", "identity, gzip", "br", "chunked", "close", "\xe9"),
    *("text/html", "application/json; charset=utf-16", "text/event-stream", "Wed, 21 Oct 2099 07:28:00 GMT"),
)
# Columns of other types than a table's.
KINDS = {
    "binary": lambda number: str(number).encode(),
    "bool": lambda number: number % 2 == 0,
    "date": lambda number: datetime.date(2026, 1, 1 + number),
    "decimal": lambda number: decimal.Decimal(number) / 4,
    "dictionary": lambda number: {"a": number},
    "duration": lambda number: datetime.timedelta(seconds=number),
    "huge": lambda number: 2**64 - 1 - number,
    "lists": lambda number: [number],
    "nothing": lambda number: None,
    "time": lambda number: datetime.datetime(1, 1, 1 + number),
}
