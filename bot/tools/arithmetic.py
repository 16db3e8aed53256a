"""Calculates an expression with simpleeval, reduced to numbers, arithmetic, and functions with bounded results.

Every operand is a real number of at most 4,000 digits; an expression has at most 500 characters and no loops. So its
size bounds the time, and nothing has to be stopped from outside.
"""

import ast
import math
import operator
import re
import warnings
from collections.abc import Callable, Mapping
from typing import Any

from simpleeval import FeatureNotAvailable, FunctionNotDefined, InvalidExpression, NameNotDefined, SimpleEval  # type: ignore[import-untyped]

from bot.core.agent.ports import ToolFailed

LONGEST_EXPRESSION = 500
MOST_BITS = 13_287  # 4,000 digits; Python writes numbers of up to 4,300
MOST_FACTORIAL = 1_300
MOST_PLACES = 300
DIGITS = 15

Number = int | float

_TOO_LARGE = "the numbers get too large (at most 4,000 digits)"
_SPELLINGS = str.maketrans(
    {"×": "*", "·": "*", "⋅": "*", "∙": "*", "✕": "*", "÷": "/", "∕": "/", "−": "-", "–": "-", "π": "pi", "τ": "tau"}
    | {"^": "**", "²": "**2", "³": "**3", "√": " sqrt", "’": ",", "\u00a0": " ", "、": ","}
    # The full-width forms of Chinese keyboards.
    | {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F) if chr(code) != "＾"}
    | {"＾": "**", "\u3000": " "}
)
# 20% is 20/100, unless a number follows, which makes it a remainder.
_PERCENT = re.compile(r"(?<![\w.])(\d+(?:\.\d*)?|\.\d+)\s*%(?!\s*(?:[\d(.]|(?!of\b)[a-z]))", re.IGNORECASE)
_OF = re.compile(r"\)\s*of\b", re.IGNORECASE)
_FACTORIAL = re.compile(r"(?<![\w.])(\d+)!(?!=)")
_ROOT = re.compile(r"sqrt\s*(\d+(?:\.\d+)?|pi\b)")


_ONLY_NUMBERS = "only numbers, + - * / // % ^, brackets and functions can be used"
_NESTED = "it is nested too deeply"
_REASONS: tuple[tuple[type[Exception], str], ...] = (
    (FeatureNotAvailable, _ONLY_NUMBERS),
    (ZeroDivisionError, "it divides by zero"),
    (OverflowError, _TOO_LARGE),
    (RecursionError, _NESTED),
    (MemoryError, _NESTED),  # raised by Python's parser
    (
        SyntaxError,
        "it is not well-formed; write it like 3*(2.5+1)^2, with * between factors, without units or other words",
    ),
    (TypeError, "a function got the wrong number or kind of values"),
    (ValueError, "a function has no value there, as sqrt(-1) and log(0) have none"),
)


class _Refused(Exception):
    """Says why an expression is not calculated; the text completes a sentence after a colon."""


_FORESEEN = (_Refused, InvalidExpression, *(kind for kind, _ in _REASONS))


def evaluate(expression: str) -> str:
    """Return “expression = result”, exact for whole numbers, else to 15 digits. Raises ToolFailed with the reason."""
    try:
        normal = _normal(expression)
        # A percent sign may also mean a remainder, so the answer says how it was read.
        reading = f" (read as {normal})" if normal.count("/100)") > expression.count("/100)") else ""
        return f"{expression} = {_written(_value(normal))}{reading}"
    except _FORESEEN as error:
        raise ToolFailed(f"This can't be calculated: {_reason(error)}.") from error


def _reason(error: Exception) -> str:
    if isinstance(error, _Refused):
        return str(error)
    if isinstance(error, FunctionNotDefined):
        return f"there is no function {error.func_name}; there are {', '.join(FUNCTIONS)}"
    if isinstance(error, NameNotDefined):
        return f"{error.name} is not known; there are only numbers, {', '.join(CONSTANTS)} and functions"
    return next((reason for kind, reason in _REASONS if isinstance(error, kind)), _ONLY_NUMBERS)


def _normal(expression: str) -> str:
    if len(expression) > LONGEST_EXPRESSION:
        raise _Refused(f"it has more than {LONGEST_EXPRESSION} characters")
    plain = expression.translate(_SPELLINGS).strip().strip("=").strip()
    plain = _OF.sub(")*", _PERCENT.sub(r"(\1/100)", plain))
    return _ROOT.sub(r"sqrt(\1)", _FACTORIAL.sub(r"factorial(\1)", plain)).strip()


def _value(expression: str) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Python warns about spellings such as `1if`, which are refused anyway
        try:
            tree = ast.parse(expression, mode="eval")
        except ValueError as error:  # the expression holds null bytes
            raise SyntaxError(str(error)) from error
    if isinstance(tree.body, ast.Tuple):
        raise _Refused("a comma divides values; write numbers without thousands separators, with a point for decimals")
    return _Evaluator().eval(expression, tree.body)


class _Evaluator(SimpleEval):  # type: ignore[misc]  # the library is not typed
    """Refuses what is not listed here: attributes, subscripts, texts, comparisons, assignments."""

    def __init__(self) -> None:
        super().__init__(operators=dict(OPERATORS), functions=dict(FUNCTIONS), names=dict(CONSTANTS))
        self.nodes = {
            ast.Constant: self._constant,
            ast.Name: self._name,
            ast.UnaryOp: self._eval_unaryop,
            ast.BinOp: self._eval_binop,
            ast.Call: self._call,
            ast.List: self._list,
            ast.Tuple: self._list,
        }

    def _constant(self, node: ast.Constant) -> Number:
        return _checked(node.value)

    def _name(self, node: ast.Name) -> Number:
        if node.id not in CONSTANTS:
            raise NameNotDefined(node.id, "")
        return CONSTANTS[node.id]

    def _call(self, node: ast.Call) -> Any:
        if not isinstance(node.func, ast.Name) or node.keywords:
            raise FeatureNotAvailable
        return self._eval_call(node)

    def _list(self, node: ast.List | ast.Tuple) -> tuple[Any, ...]:
        return tuple(self._eval(entry) for entry in node.elts)


def _checked(value: Any) -> Number:
    if isinstance(value, bool) or not isinstance(value, int | float):
        is_complex = isinstance(value, complex)
        raise _Refused("it leads to no real number" if is_complex else "only numbers can be calculated with")
    if isinstance(value, int) and value.bit_length() > MOST_BITS:
        raise _Refused(_TOO_LARGE)
    if isinstance(value, float) and not math.isfinite(value):
        raise _Refused(_TOO_LARGE)
    return value


def _bounded(function: Callable[..., Any]) -> Callable[..., Number]:
    """Wrap a function so that only real numbers go in and come out."""

    def call(*values: Any) -> Number:
        return _checked(function(*(_checked(value) for value in values)))

    return call


def _over_all(function: Callable[[list[Number]], Any]) -> Callable[..., Number]:
    """Wrap a function of any number of values, given one by one or in a list."""

    def call(*values: Any) -> Number:
        flat = [number for value in values for number in (value if isinstance(value, tuple) else (value,))]
        if not flat:
            raise _Refused("a function has no values")
        return _checked(function([_checked(number) for number in flat]))

    return call


def _power(base: Number, exponent: Number) -> Any:
    """Refuse before calculating: a result has at least (bits of the base - 1) × exponent bits."""
    if isinstance(base, int) and isinstance(exponent, int) and (base.bit_length() - 1) * exponent > MOST_BITS:
        raise _Refused(_TOO_LARGE)
    return base**exponent


def _factorial(value: Number) -> int:
    return math.factorial(_whole(value, "factorial", 0, MOST_FACTORIAL))


def _choose(total: Number, chosen: Number) -> int:
    return math.comb(_whole(total, "comb", 0, MOST_FACTORIAL), _whole(chosen, "comb", 0, MOST_FACTORIAL))


def _round(value: Number, places: Number = 0) -> Number:
    digits = _whole(places, "round", -MOST_PLACES, MOST_PLACES)
    return round(value, digits) if digits else round(value)


def _logarithm(value: Number, base: Number = math.e) -> float:
    return math.log(value) if base == math.e else math.log(value, base)


def _whole(value: Number, name: str, least: int, most: int) -> int:
    if value != int(value) or not least <= value <= most:
        raise _Refused(f"{name} takes whole numbers from {least:,} to {most:,}")
    return int(value)


OPERATORS: Mapping[type[ast.AST], Callable[..., Number]] = {
    ast.Add: _bounded(operator.add),
    ast.Sub: _bounded(operator.sub),
    ast.Mult: _bounded(operator.mul),
    ast.Div: _bounded(operator.truediv),
    ast.FloorDiv: _bounded(operator.floordiv),
    ast.Mod: _bounded(operator.mod),
    ast.Pow: _bounded(_power),
    ast.USub: _bounded(operator.neg),
    ast.UAdd: _bounded(operator.pos),
}
_BOUNDED: Mapping[str, Callable[..., Any]] = {
    **{name: getattr(math, name) for name in ("sin", "cos", "tan", "asin", "acos", "atan", "atan2")},
    **{name: getattr(math, name) for name in ("sinh", "cosh", "tanh", "degrees", "radians")},
    **{name: getattr(math, name) for name in ("sqrt", "cbrt", "exp", "log2", "log10", "floor", "ceil", "trunc")},
    **{name: getattr(math, name) for name in ("hypot", "gcd", "lcm")},
    "abs": abs,
    "pow": _power,
    "log": _logarithm,
    "ln": math.log,
    "round": _round,
    "factorial": _factorial,
    "comb": _choose,
}
FUNCTIONS: Mapping[str, Callable[..., Number]] = {
    **{name: _bounded(function) for name, function in _BOUNDED.items()},
    "min": _over_all(min),
    "max": _over_all(max),
    "sum": _over_all(sum),
    "mean": _over_all(lambda values: sum(values) / len(values)),
}
CONSTANTS: Mapping[str, float] = {"pi": math.pi, "e": math.e, "tau": math.tau}


def _written(value: Any) -> str:
    value = _checked(value)
    return str(value) if isinstance(value, int) else f"{value:.{DIGITS}g}"
