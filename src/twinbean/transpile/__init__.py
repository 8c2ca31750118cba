"""A Python function as JavaScript, with exactly Python's meaning or not at all.

Transcrypt and the like map Python's operators to JavaScript's. What `-1 % 3`, `f"{3.0}"`, `[1] + [2]` or `a[-1]` mean
depends on values that exist only at run time, so no list of refusals over such a translation can be complete. Here a
small part of Python is translated to calls of a run-time that has Python's meaning (static/src/python), and everything
outside that part is refused, with the line and with what to write instead. It is a whitelist: a construct is in it
because random programs of it agreed with Python in a browser. docs/functions.md is the list for researchers.
"""

from twinbean.transpile.function import Transpiled, transpile
from twinbean.transpile.refusal import Refused
from twinbean.transpile.syntax import syntax

__all__ = ["Refused", "Transpiled", "syntax", "transpile"]
