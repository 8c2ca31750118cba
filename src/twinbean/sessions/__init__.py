"""Trials and sessions, the tidy table that holds many of them, and reading them from files."""

from twinbean.sessions.checking import checked
from twinbean.sessions.columns import COLUMNS
from twinbean.sessions.reading import read, read_file
from twinbean.sessions.rows import from_table
from twinbean.sessions.session import Session, Trial, total_reward
from twinbean.sessions.table import to_table, write_table

__all__ = [
    "COLUMNS",
    "Session",
    "Trial",
    "checked",
    "from_table",
    "read",
    "read_file",
    "to_table",
    "total_reward",
    "write_table",
]
