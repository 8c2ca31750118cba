"""The only rooms that import SweetBean. Importing this one applies the mends of `compat`, once."""

from twinbean.definitions import patches as compat
