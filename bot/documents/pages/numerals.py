"""Writes the numbers of lists: 3, 03, c, iii, 三. The forms have the names that Word gives them."""

_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"),
          (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip
_HAN = "〇一二三四五六七八九"
_HAN_FORMATS = {
    "chineseCounting", "chineseCountingThousand", "japaneseCounting", "ideographTraditional", "taiwaneseCounting",
    "taiwaneseCountingThousand", "ideographDigital",
}  # fmt: skip


def written(number: int, form: str) -> str:
    """Return the number in this form. An unknown form is written in digits."""
    if form in {"lowerLetter", "upperLetter"} and number > 0:
        text = chr(97 + (number - 1) % 26) * ((number - 1) // 26 + 1)
    elif form in {"lowerRoman", "upperRoman"} and 0 < number < 4000:
        text = _roman(number)
    elif form == "decimalZero":
        text = f"{number:02d}"
    elif form in _HAN_FORMATS and 0 < number < 100:
        text = _han(number)
    else:
        text = str(number)
    return text.upper() if form.startswith("upper") else text


def _roman(number: int) -> str:
    out = ""
    for worth, letters in _ROMAN:
        out += letters * (number // worth)
        number %= worth
    return out


def _han(number: int) -> str:
    tens, ones = divmod(number, 10)
    if not tens:
        return _HAN[ones]
    return (_HAN[tens] if tens > 1 else "") + "十" + (_HAN[ones] if ones else "")
