"""A page supports a sentence when it has all its numbers, dates, quotes and names."""

import pytest

from bot.core.citations.support import Claim, holds


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


@pytest.mark.parametrize(
    ("sentence", "page"),
    [
        ("It weighs 2 t.", "weight: 2,000 kg"),
        ("It costs €5.", "price 5 EUR"),
        ("It costs 5 euros.", "| price | 5 |"),
        ("It costs 12,34,567.", "total 1234567"),
        ("Four hundred and twelve people came.", "412 people"),
        ("Two thousand people came.", "2,000 people"),
        ("占三成", "占30%"),
        ("占百分之三点五", "3.5 %"),
        ("价格为五百元", "500 yuan"),
        ("It is due on 3/4/2025.", "due 4 March 2025"),
        ("It is due on March 4.", "due 2025-03-04"),
        ("It is due on 4.3.25.", "due 4 March 2025"),
        ("It was on 15 March 2024.", "| Day | Month | Year |\n| 15 | 3 | 2024 |"),
        ("See page 300 and p. 12.", "nothing"),
        ("The deal with Acme Holdings is done.", "The board and Acme Holdings are of one mind, to be sure."),
        ("The European Central Bank is asked.", "The ECB is the one to decide, and it will."),
        ("Der Vertrag mit Acme Holdings steht.", "Der Vertrag steht."),
        ("该合同由 Siemens 签署。", "Der Vertrag."),
        ("他们写了《年报》。", "年报 2024"),
    ],
)
def test_it_holds_however_it_is_measured_dated_and_named(sentence: str, page: str) -> None:
    assert holds(Claim(sentence), page)


@pytest.mark.parametrize(
    ("sentence", "page"),
    [
        ("It weighs 2 kg.", "weight: 2 t"),
        ("It weighs 2 kg.", "length: 2 km"),
        ("It costs €5.", "price 5 USD"),
        ("It takes 30 months.", "within 30 days"),
        ("Four hundred and twelve people came.", "400 and 12"),
        ("占四成", "占30%"),
        ("占百分之五", "占百分之六"),
        ("It was on 15 March 2024.", "on 15 April 2024, 3 of them in March"),
        ("It is due on 3 April 2025.", "due 2025-04-13"),
        ("The deal with Acme Holdings is done.", "The deal is done and that is that, to be sure."),
        ("该合同由 Siemens 签署。", "该合同由西门子签署。Only ABB is named."),
        ("他们写了《年报》。", "季报 2024"),
    ],
)
def test_it_does_not_hold_by_what_is_like_it(sentence: str, page: str) -> None:
    assert not holds(Claim(sentence), page)
