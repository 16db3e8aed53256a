"""Whether a page bears out a sentence: its numbers and quotes are there, however they are written."""

import pytest

from bot.core.claims import Claim, holds


@pytest.mark.parametrize(
    ("sentence", "page"),
    [
        ("Nothing to look up.", ""),
        ("The rent is 1,250 euros.", "Rent: 1250 EUR"),
        ("The rent is 1250 euros.", "Rent: 1.250 EUR"),
        ("The rent is 1 250 euros.", "Rent: 1,250.00 EUR"),
        ("It grew by 12 %.", "growth of 12% in a year"),
        ("It grew by 12.5 percent.", "growth 12,5 %"),
        ("1.2 million people", "1,200,000 people"),
        ("1,200,000 people", "1.2 million people"),
        ("1.2 million people", "120万人"),
        ("1.2 million people", "| People (in millions) | 1.2 |"),
        ("3亿元", "300,000,000 yuan"),
        ("There are 3 reasons.", "There are three reasons."),
        ("Due on 15.3.2024", "by 15 March 2024"),
        ("Due on 2024-03-15", "by March 15, 2024"),
        ("In Q3 it was 7k.", "Q3: 7,000"),
        ("Full width １２", "it is 12"),
        ("They call it “Strong demand”.", "We saw **strong** demand – everywhere"),
        ('They say "a – b … z".', "“a - b and much more until z”"),
        ("Er sagt „sehr gut“.", "sehr gut, sagt er"),
        ("他说「很好」。", "很好"),
        ("They will “grow the committee”.", "we grow the com-\nmittee"),
        ("They will “grow the committee”.", "we grow\nthe   committee"),
        ("他们说“今年的营收很好”。", "今年的\n营收很好"),
        ("营收为320万元", "营收为三百二十万元"),
        ("营收为三百二十万元", "Revenue: 3.2 million"),
        ("2024年12月", "二〇二四年十二月"),
        ("增长12%", "增长百分之十二"),
        ("万一下雨，千万不要去", "no numbers here"),
        ("within 30 days, 25 at most", "thirty days, but twenty-five at most"),
    ],
)
def test_it_holds(sentence: str, page: str) -> None:
    assert holds(Claim(sentence), page)


@pytest.mark.parametrize(
    ("sentence", "page"),
    [
        ("The rent is 1,250 euros.", "Rent: 1,520 EUR"),
        ("The rent is 1,250 euros.", ""),
        ("It grew by 12.5 percent.", "growth 125 %"),
        ("1.2 million people", "12,000,000 people"),
        ("They call it “strong demand”.", "demand was strong"),
        ("Both 5 and 6", "only 5"),
        ("Version 1.2.3", "Version 1.2.4"),
        ("营收为三百三十万元", "营收为三百二十万元"),
        ("They say ‘we will shrink’.", "we will grow"),
        ("within 35 days", "thirty days"),
    ],
)
def test_it_does_not_hold(sentence: str, page: str) -> None:
    assert not holds(Claim(sentence), page)


def test_figures_in_the_names_of_documents_are_no_claim() -> None:
    assert holds(Claim("In plan-2031.pdf the rent is 5.", ("plan-2031.pdf",)), "rent 5")
    assert not holds(Claim("In plan-2031.pdf the rent is 5."), "rent 5")
