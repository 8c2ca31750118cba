"""Expressions over the columns of a table, as `quiz_attempts > 2 or median_rt < 300`: read, never run as code.

What is missing is unknown. An expression of which that decides is neither true nor false.
"""

from __future__ import annotations

import ast
import math
import operator
import warnings
from collections.abc import Callable, Mapping
from typing import Any

from twinbean._messages import names_listed, shortened
from twinbean.errors import DataError

Row = Mapping[str, Any]
_EXPECTED = (
    "expected columns compared with numbers and quoted texts by <, <=, >, >=, ==, != or in, joined by and, or, not"
)
# Nobody writes a longer one, and Python's parser goes as deep as an expression is long.
_LONGEST = 1_000
_COMPARED: Mapping[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
_COUNTED: Mapping[type[ast.operator], Callable[[Any, Any], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_ORDERED = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)


class Expression:
    """An expression that was read. Raises DataError, with the expression, for what is none."""

    def __init__(self, text: str) -> None:
        self.text = text.strip()
        if len(text) > _LONGEST:
            raise DataError(f"the rule {shortened(text)} is {len(text)} characters long, expected {_LONGEST} at most")
        try:
            with warnings.catch_warnings(action="ignore"):
                self._tree = ast.parse(self.text, mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            raise self._refused("is no expression") from None
        self.columns = frozenset(node.id for node in ast.walk(self._tree) if isinstance(node, ast.Name))
        self._check(self._tree)
        if not self.columns:
            raise self._refused("names no column")

    def __repr__(self) -> str:
        return f"Expression({self.text!r})"

    def check(self, known: Mapping[str, Any]) -> None:
        """Raises DataError for a column that none of `known` is, which it lists."""
        if unknown := sorted(self.columns - known.keys()):
            raise DataError(
                f"the rule {self.text!r} asks for {unknown[0]!r}, which no participant has (there are "
                f"{names_listed(sorted(known)) if len(known) < 12 else ', '.join(sorted(known))})"
            )

    def holds(self, row: Row) -> bool | None:
        """Whether it is true of a row; None where that cannot be known. Raises DataError for a column of another type
        than is asked for."""
        return self._truth(self._tree, row)

    def _check(self, node: ast.AST) -> None:
        """Refuses what is not compared with anything, and every sort of code."""
        match node:
            case ast.BoolOp(values=parts):
                for part in parts:
                    self._check(part)
            case ast.UnaryOp(op=ast.Not(), operand=part):
                self._check(part)
            case ast.Compare(left=left, ops=ops, comparators=others):
                if not all(type(op) in _COMPARED or isinstance(op, ast.In | ast.NotIn) for op in ops):
                    raise self._refused("compares in a way that is none")
                for part in (left, *others):
                    self._check_value(part)
            case ast.Name():
                pass
            case _:
                raise self._refused(f"has {self._said(node)!r} where something true or false belongs")

    def _check_value(self, node: ast.AST) -> None:
        match node:
            case ast.Name():
                pass
            case ast.Constant(value=bool() | int() | float() | str() as value):
                if isinstance(value, int | float) and not math.isfinite(value):
                    raise self._refused(f"has the number {value!r}")
            case ast.List(elts=parts) | ast.Tuple(elts=parts) | ast.Set(elts=parts):
                if not all(isinstance(part, ast.Constant) for part in parts):
                    raise self._refused("has a list of something else than numbers and texts")
                for part in parts:
                    self._check_value(part)
            case ast.UnaryOp(op=ast.USub(), operand=part):
                self._check_value(part)
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _COUNTED:
                self._check_value(left)
                self._check_value(right)
            case _:
                raise self._refused(f"has {self._said(node)!r} where a column, a number or a text belongs")

    def _refused(self, what: str) -> DataError:
        return DataError(f"the rule {shortened(self.text)} {what}, {_EXPECTED}")

    def _said(self, node: ast.AST) -> str:
        return ast.get_source_segment(self.text, node) or type(node).__name__

    def _truth(self, node: ast.AST, row: Row) -> bool | None:
        match node:
            case ast.BoolOp(op=ast.And(), values=parts):
                found = [self._truth(part, row) for part in parts]
                return False if False in found else None if None in found else True
            case ast.BoolOp(values=parts):
                found = [self._truth(part, row) for part in parts]
                return True if True in found else None if None in found else False
            case ast.UnaryOp(operand=part):
                inner = self._truth(part, row)
                return None if inner is None else not inner
            case ast.Compare(left=left, ops=ops, comparators=others):
                values = [left, *others]
                pairs = zip(values, ops, values[1:], strict=False)
                found = [self._compared(one, op, other, row) for one, op, other in pairs]
                return False if False in found else None if None in found else True
        assert isinstance(node, ast.Name)
        value = _known(row.get(node.id))
        if value is not None and not isinstance(value, bool):
            raise self._wrong(node.id, value, "true or false")
        return value

    def _compared(self, one: ast.AST, op: ast.cmpop, other: ast.AST, row: Row) -> bool | None:
        left, right = self._value(one, row), self._value(other, row)
        if left is None or right is None:
            return None
        if isinstance(op, ast.In | ast.NotIn):
            if not isinstance(right, list):
                raise self._wrong(self._said(other), right, "a list, as in group in ['a', 'b']")
            return any(_are_equal(left, each) for each in right) == isinstance(op, ast.In)
        left, right = _numbers(left, right)
        if isinstance(op, _ORDERED) and not (_is_number(left) and _is_number(right)):
            what, value = (one, left) if not _is_number(left) else (other, right)
            raise self._wrong(self._said(what), value, "a number")
        if not _are_alike(left, right):
            raise self._wrong(self._said(one), left, f"what can be compared with {shortened(right)}")
        return _COMPARED[type(op)](left, right)

    def _value(self, node: ast.AST, row: Row) -> Any:
        match node:
            case ast.Name(id=name):
                return _known(row.get(name))
            case ast.Constant(value=value):
                return value
            case ast.UnaryOp(operand=part):
                value = self._number(part, row)
                return None if value is None else -value
            case ast.BinOp(left=one, op=op, right=other):
                left, right = self._number(one, row), self._number(other, row)
                if left is None or right is None or (isinstance(op, ast.Div) and right == 0):
                    return None
                return _known(float(_COUNTED[type(op)](left, right)))
        assert isinstance(node, ast.List | ast.Tuple | ast.Set)
        return [self._value(part, row) for part in node.elts]

    def _number(self, node: ast.AST, row: Row) -> float | None:
        value = self._value(node, row)
        number = _read(value) if isinstance(value, str) else value
        if value is not None and not _is_number(number):
            raise self._wrong(self._said(node), value, "a number")
        return None if value is None else float(number)

    def _wrong(self, column: str, value: Any, expected: str) -> DataError:
        return DataError(f"the rule {self.text!r}: {column} is {shortened(value)}, expected {expected}")


def _known(value: Any) -> Any:
    """None for what is missing, in whatever way a table says so."""
    if value is None or value == "" or (isinstance(value, float) and math.isnan(value)):
        return None
    return value


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _read(text: str) -> float | str:
    """A number that a table holds as text; the text where it is none."""
    try:
        number = float(text)
    except ValueError:
        return text
    return number if math.isfinite(number) else text


def _numbers(one: Any, other: Any) -> tuple[Any, Any]:
    """Where one of two values is a number, the other is read as one."""
    if _is_number(one) and isinstance(other, str):
        return one, _read(other)
    if _is_number(other) and isinstance(one, str):
        return _read(one), other
    return one, other


def _are_alike(one: Any, other: Any) -> bool:
    return type(one) is type(other) or (_is_number(one) and _is_number(other))


def _are_equal(one: Any, other: Any) -> bool:
    one, other = _numbers(one, other)
    return _are_alike(one, other) and bool(one == other)
