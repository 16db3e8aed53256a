"""Formulas as a line of Unicode that says the same, or Unfaithful."""

import pytest

from bot.latex.latex import Unfaithful, to_unicode


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        (r"\frac{a+b}{c}", "(a + b)/c"),
        (r"\frac{-b \pm \sqrt{b^2-4ac}}{2a}", "(-b ± √(b² - 4ac))/(2a)"),
        (r"2\frac{a}{b}c", "2(a/b)c"),
        (r"\left(\frac{a}{b}\right)^2", "(a/b)²"),
        (r"\frac12", "1/2"),
        (r"x^2+y_1=z", "x² + y₁ = z"),
        (r"x^10", "x¹0"),
        (r"e^{i\pi}+1=0", "e^(iπ) + 1 = 0"),
        (r"\sum_{i=1}^{n} i", "∑ᵢ₌₁ⁿ i"),
        (r"\int_0^\infty f(x) dx", "∫₀^∞ f(x)dx"),
        (r"\sqrt[3]{x+1}", "³√(x + 1)"),
        (r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}", "(1, 2; 3, 4)"),
        (r"\begin{aligned} a &= b \\ c &= d \end{aligned}", "a = b\nc = d"),
        (r"f=\begin{cases} x, & \text{if } x \ge 0 \\ -x, & \text{else} \end{cases}", "f = { x, if x ≥ 0; -x, else"),
        (r"\mathbb{R}^n \subseteq \mathcal{V}", "ℝⁿ ⊆ 𝓥"),
        (r"\hat{y} \not= 90^\circ", "ŷ ≠ 90°"),
        (r"a = -b, c \times d", "a = -b, c × d"),
        (r"5\text{ km}/\text{h}", "5 km/h"),
    ],
)
def test_formulas_read_the_same(source: str, shown: str) -> None:
    assert to_unicode(source) == shown


@pytest.mark.parametrize("source", [r"\foo{x}", "{", "}", "", r"\frac{a}", r"\begin{tikzpicture} x \end{tikzpicture}"])
def test_what_has_no_faithful_line_is_refused(source: str) -> None:
    with pytest.raises(Unfaithful):
        to_unicode(source)


def test_depth_and_length_are_bounded() -> None:
    for source in ("{" * 500 + "}" * 500, "x" * 7_000, r"\frac" * 2_000):
        with pytest.raises(Unfaithful):
            to_unicode(source)
