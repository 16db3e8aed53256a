from functools import partial

import pytest

from bot.core.agent.ports import ToolFailed
from bot.tools.arithmetic import evaluate
from tests.cost import cost_s


@pytest.mark.parametrize(
    ("expression", "result"),
    [
        ("1+2*3", "7"),
        ("2^10", "1024"),
        ("2**-3", "0.125"),
        ("7//2", "3"),
        ("10 % 3", "1"),
        ("6 ÷ 4 × 2 − 1", "2"),
        ("（1＋2）×３", "9"),
        ("0.1+0.2", "0.3"),
        ("1/3", "0.333333333333333"),
        ("2**100", "1267650600228229401496703205376"),
        ("√16 + 3²", "13"),
        ("2*π", "6.28318530717959"),
        ("sin(pi/2) + cos(0) + tan(0)", "2"),
        ("log10(1000) + log2(8) + ln(e) + log(8, 2)", "10"),
        ("exp(0)", "1"),
        ("floor(2.7) + ceil(2.1) + round(3.14159, 2)", "8.14"),
        ("abs(-3) + min(1, 2) + max(1, 2) + sum([1, 2, 3])", "12"),
        ("mean(1, 2)", "1.5"),
        ("factorial(20)", "2432902008176640000"),
        ("5!", "120"),
        ("comb(5, 2)", "10"),
        ("(12.5 + 7) * 19% =", "3.705"),
        ("=2+2", "4"),
        ("100 - 5%", "99.95"),
        ("50/20%", "250"),
        ("1e3", "1000"),
        ("1" + "+1" * 249, "250"),
    ],
)
def test_what_people_and_models_write_is_understood(expression: str, result: str) -> None:
    assert evaluate(expression).removeprefix(f"{expression} = ").split(" (read as")[0] == result


def test_whole_numbers_are_exact_to_four_thousand_digits() -> None:
    assert evaluate("10**3999").endswith(" = 1" + "0" * 3999)
    with pytest.raises(ToolFailed, match="too large"):
        evaluate("10**4000")


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("5/0", "divides by zero"),
        ("sqrt(-1)", "no value there"),
        ("(-8)**(1/3)", "no real number"),
        ("1,234 + 1", "thousands separators"),
        ("2 apples", "not well-formed"),
        ("x + 1", "x is not known"),
        ("cot(2)", "there is no function cot; there are sin, cos"),
        ("max()", "no values"),
        ("pow(2, 3, 4)", "wrong number"),
        ("1e999", "too large"),
        ("exp(1000)", "too large"),
        ("round(1, 10**9)", "whole numbers from -300 to 300"),
    ],
)
def test_what_cannot_be_calculated_says_why(expression: str, said: str) -> None:
    with pytest.raises(ToolFailed) as failed:
        evaluate(expression)
    assert said in failed.value.detail


NASTY = [
    "9**9**9",
    "9**9**9**9**9",
    "(9**999)**(9**999)",
    "factorial(10**9)",
    "factorial(factorial(9))",
    "factorial(1300)**factorial(1300)",
    "comb(10**9, 10**8)",
    "2**10**10",
    "pow(10, 10**10)",
    "1.5**10**10",
    "3**13000*3**13000",
    "lcm(" + ",".join(f"10**1200+{at}" for at in range(30)) + ")",
    "'1'*10**9",
    "'a'",
    "b'a'*9",
    "f'{1}'",
    "[1]*10**9",
    "(1,)*10**9",
    "sum([1]*10**9)",
    "[0 for _ in range(10**9)]",
    "sum(i for i in range(10**9))",
    "range(10**9)",
    "-" * 499 + "1",
    "(" * 250 + "1" + ")" * 249,
    "~1",
    "1<<10**9",
    "__import__('os').system('id')",
    "().__class__.__bases__[0].__subclasses__()",
    "(1).real",
    "sin.__self__",
    "sin",
    "abs(sin)",
    "lambda: 1",
    "(lambda: 1)()",
    "sin(x=1)",
    "sum(*[1, 2])",
    "sum(**{})",
    "{}",
    "{1}",
    "1 if 1 else 2",
    "1 == 1",
    "1 or 2",
    "not 1",
    "True",
    "None",
    "...",
    "1j",
    "a := 1",
    "a = 1",
    "import os",
    "print(1)",
    "open('/etc/passwd')",
    "eval('1')",
    "1; 2",
    "1\x002",
    "1\n2",
    "",
    "%",
    "√",
    "9" * 501,
    "1e308*1e308",
    "nan",
    "inf",
]


def refuse(expression: str) -> None:
    with pytest.raises(ToolFailed, match="This can't be calculated: "):
        evaluate(expression)


def test_nothing_nasty_takes_time_or_gives_anything_but_a_sentence() -> None:
    ordinary_s = cost_s(lambda: evaluate("1 + 1"))
    for expression in NASTY:
        assert cost_s(partial(refuse, expression), 1) < 500 * ordinary_s, expression


def test_the_largest_that_is_allowed_takes_little_time() -> None:
    ordinary_s = cost_s(lambda: evaluate("1 + 1"))
    for expression in ("factorial(1300)", "comb(1300, 650)", "lcm(" + ",".join(["10**999+7"] * 40) + ")", "9" * 500):
        assert cost_s(partial(evaluate, expression), 1) < 500 * ordinary_s, expression
