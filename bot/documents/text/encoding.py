"""Decodes the bytes of a text, in any encoding, without an error.

The byte order mark (BOM) decides first, then strict UTF-8, then the encoding in which the text looks most like a
language. The score uses lines of the whole file, because many files have only ASCII on their first pages.
"""

import codecs
import functools
import re
import unicodedata
from collections import Counter
from itertools import pairwise

from bot.documents.text.alphabets import ALPHABETS, FRAMES, HANGUL, SIGNS

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WIDE_MARKS = tuple(mark for mark, _ in _BOMS[1:])
# Browsers read these names as a larger encoding too: https://encoding.spec.whatwg.org/#names-and-labels
_LARGER_ENCODINGS = {
    "gb2312": "gb18030", "gbk": "gb18030", "iso-8859-1": "cp1252", "latin1": "cp1252", "us-ascii": "cp1252",
    "shift_jis": "cp932", "x-sjis": "cp932", "euc-kr": "cp949", "iso-8859-9": "cp1254",
}  # fmt: skip
# The earlier one wins when two encodings score nearly the same.
_CANDIDATES = (
    "cp1252", "gb18030", "cp932", "big5hkscs", "cp949", "euc_jp", "cp1251", "koi8_r", "cp1250", "cp1253", "cp1254",
    "cp1255", "cp1256", "cp874", "cp1257", "cp1258", "koi8_u", "cp866", "iso8859_2", "iso8859_5", "iso8859_6",
    "iso8859_7", "iso8859_15", "cp437", "cp850", "mac_roman", "mac_latin2", "cp855", "cp852",
)  # fmt: skip
_RARE = frozenset(("mac_roman", "mac_latin2", "cp437", "cp850", "cp852", "cp855"))  # they need a better score
_SAMPLE_BYTES = 24_000
_BROKEN = -3.0
_READS_WELL = 0.6
_COMMON_HANZI = frozenset(
    "的一是不了在人有我他这中大来上个国和说们为子地时道你年得就那要下以生会自着去之过家学对可里后小么心多天而能好都然没日于"
    "起还发成事只作当想看文无开手十用主行方又如前所本见经头面公同三已老从动两长知民样现分将外但身些与高意进把法此实回二理美"
    "点月明其种声全工己话儿者向情部正名定女问力机给等几很业最间新什打便位因重被走电四第门相次东政海口使教西再平真听世气信北"
    "少关并内加化由却代军产入先山五太水万市眼体别处总才场师书比住员九笑性通目华报立马命张活难神数件安表原车白应路期叫死常提"
    "感金何更反合放做系计或司利受光王果亲界及今京务制解各任至清物台象记边共风战干接它许八特觉望直服毛林题建南度统色字请爱让"
    "认算论百吃义科怎元社术结六功指思非流每青管夫连远资队跟带花快条院变联言权往展该领传近留红治决周保达办运武半候七必城父强"
    "步完革深区即求品士转量空甚众技轻程告江语英基派满式李息写呢识极令黄德收脸钱党倒未持取设始版双历越史商千片容研像找友孩站"
    "测试件包含容请阅读据销售额增加据表格姓龄价格商品編號說這個時來對過會學國後們為無開關書長發現種點間問題東車門見機經業從動合同编号甲乙签字盖章项目负责付款账户银行客服订购买售质检验收货税率总额季度月份报告统计東京都区県市町村駅価格円税込株様注文氏付図館済変応対検発売"
    "資料檔案測試內請閱讀價總計數據單訂電話圖頁選項變應與當實進還樣將沒讓體應該號區華達運務員產際義"
)
# (first code, last code, weight, bytes in the file) of Chinese, kana, hangul, full-width punctuation, full-width forms,
# half-width kana, rare Chinese, private use, and everything beyond the first plane.
_RANGES = (
    (0x4E00, 0x9FFF, 0.4, 2),
    (0x3040, 0x30FF, 1.0, 2),
    (0xAC00, 0xD7A3, 0.5, 2),
    (0x3000, 0x303F, 0.9, 2),
    (0xFF00, 0xFF60, 0.9, 2),
    (0xFF61, 0xFF9F, -0.3, 1),
    (0x3400, 0x4DBF, -2.0, 2),
    (0xE000, 0xFB4F, -2.0, 2),
    (0x10000, 0x10FFFF, -2.0, 2),
)
_UNLIKELY = frozenset("〖〗ゎヮヰヱ")
_SIGN_BETWEEN_LETTERS = re.compile(  # the Catalan “l·l” is correct, so it is left out
    r"(?<=[^\W\d_lL])·(?=[^\W\d_])|"
    rf"(?<=[^\W\d_])[“”„‚‘…‡†ˆ‰‹›¢¤¥§¨©¬®°±´µ¶¸¼½¾€{''.join(FRAMES)}](?=[^\W\d_])"
)
_SEVEN_BIT_ENCODINGS = ("iso2022_jp", "iso2022_kr")  # they switch alphabets with escape sequences


def decode_text(data: bytes) -> str:
    """Return the text without its BOM. Bytes that can't be decoded become U+FFFD."""
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return data[len(bom) :].decode(encoding, "replace")
    wide = _encoding_without_bom(data)
    if wide:
        return data.decode(wide, "replace")
    escaped = _seven_bit_text(data)
    if escaped:
        return escaped
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        if _is_nearly_utf8(data, error):
            return data.decode("utf-8", "replace")
    return data.decode(guess_encoding(data), "replace")


def decode_declared(data: bytes, declared: str) -> str:
    """Decode with the encoding that the file names, if Python knows it and it fits; else as `decode_text` does.

    UTF-8 goes first: bytes that are valid UTF-8 are hardly ever another encoding, but servers and saved pages often
    name a wrong one.
    """
    declared = _LARGER_ENCODINGS.get(declared.strip().lower(), declared.strip())
    if declared and not any(data.startswith(bom) for bom, _ in _BOMS) and not _is_utf8(data):
        try:
            return data.decode(codecs.lookup(declared).name)
        except (LookupError, UnicodeDecodeError, ValueError):
            pass
    return decode_text(data)


def beginning(data: bytes, most: int) -> bytes:
    """Return at most `most` bytes from the beginning of a text, cut at the end of a line.

    A cut inside a letter would look like another encoding.
    """
    part = data[:most]
    if is_wide(data) or part.startswith(_WIDE_MARKS):
        return part[: most // 4 * 4]
    return part[: part.rfind(b"\n") + 1] or part


def is_wide(data: bytes) -> bool:
    """Say whether the bytes look like UTF-16 or UTF-32 without a BOM. A binary file looks similar, but decodes to many
    control characters.
    """
    encoding = _encoding_without_bom(data)
    text = data[:4096].decode(encoding, "replace") if encoding else ""
    return bool(text) and sum((letter < " " and letter not in "\r\n\t") or letter == "\ufffd" for letter in text) < 2


def guess_encoding(data: bytes) -> str:
    """Return the encoding in which bytes that are not UTF-8 look most like a language."""
    sample = _lines_beyond_ascii(data)
    best, best_score = "cp1252", -1e9
    for place, encoding in enumerate(_CANDIDATES):
        score = _score(sample.decode(encoding, "replace")) - place * 0.003 - (0.12 if encoding in _RARE else 0)
        if score > best_score:
            best, best_score = encoding, score
    return best


def _encoding_without_bom(data: bytes) -> str:
    """Return the name of a UTF-16 or UTF-32 encoding without a BOM, or an empty string.

    Zero bytes show it: Latin text has one in every letter, and text in other scripts has some at the ends of lines.
    """
    head = data[: min(len(data), 4096) & ~1]
    zeros = head.count(0)
    if len(head) < 4 or not zeros:
        return ""
    for encoding, highest, high in (("utf-32-le", 3, 2), ("utf-32-be", 0, 1)):
        if len(head) >= 8 and not any(head[highest::4]) and max(head[high::4]) <= 0x10:
            return encoding
    if zeros >= len(head) // 4:
        return "utf-16-le" if head[1::2].count(0) > head[0::2].count(0) else "utf-16-be"
    scores = {encoding: _score(head.decode(encoding, "replace")) for encoding in ("utf-16-le", "utf-16-be")}
    best = max(scores, key=lambda encoding: scores[encoding])
    return best if scores[best] > _READS_WELL else ""


def _seven_bit_text(data: bytes) -> str:
    """Decode Japanese or Korean in seven bits (ISO-2022); return an empty string for anything else."""
    if b"\x1b$" not in data or not data.isascii():
        return ""
    for encoding in _SEVEN_BIT_ENCODINGS:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not text.isascii():
            return text
    return ""


def _is_utf8(data: bytes) -> bool:
    """Say whether the bytes are valid UTF-8 with at least one letter beyond ASCII."""
    try:
        return not data.isascii() and bool(data.decode("utf-8"))
    except UnicodeDecodeError:
        return False


def _is_nearly_utf8(data: bytes, error: UnicodeDecodeError) -> bool:
    """Say whether the bytes are UTF-8 that ends inside a letter, or that has a few bad bytes among
    many good letters.
    """
    if error.start >= len(data) - 4 and error.start > 0 and any(byte > 127 for byte in data[: error.start]):
        return True
    text = data[:200_000].decode("utf-8", "replace")
    good = sum(letter > "\x7f" for letter in text) - text.count("\ufffd")
    return good > 20 * text.count("\ufffd")


def _lines_beyond_ascii(data: bytes) -> bytes:
    """Return the lines that have letters beyond ASCII, from the whole file, up to `_SAMPLE_BYTES`."""
    if len(data) <= _SAMPLE_BYTES:
        return data
    found, size = [], 0
    for line in data.splitlines(keepends=True):
        if not line.isascii():
            found.append(line[:4000])
            size += len(found[-1])
            if size > _SAMPLE_BYTES:
                break
    return b"".join(found)


def _score(text: str) -> float:
    """Return how likely the letters of a decoded text are, per byte beyond ASCII. A CJK letter counts as two bytes."""
    total, size = 0.0, 0
    others: dict[str, int] = {}
    for letter, times in Counter(text).items():
        if letter <= "\x7f":
            continue
        weight, width = _weight(letter)
        size += width * times
        if width == 1 and weight > _BROKEN:
            others[letter] = times
        else:
            total += weight * width * times
    for (before, letter), times in Counter(pairwise(text)).items():
        if letter > "\x7f" or (before > "\x7f" and letter.isalpha()):
            total += _pair_weight(before, letter) * times
    total -= 2.5 * len(_SIGN_BETWEEN_LETTERS.findall(text))
    return (total + _language_weight(others)) / max(1, size)


def _language_weight(letters: dict[str, int]) -> float:
    """Return the summed weight of these letters in the language that fits them best."""
    plain = {letter: _weight(letter)[0] for letter in letters}
    return max(
        sum(times * alphabet.get(letter, plain[letter]) for letter, times in letters.items()) for alphabet in ALPHABETS
    )


@functools.lru_cache(maxsize=4096)
def _weight(letter: str) -> tuple[float, int]:
    """Return the weight of a letter when its language is not known, and the number of bytes it had in the file."""
    code = ord(letter)
    for first, last, weight, width in _RANGES:
        if first <= code <= last:
            is_common = letter in _COMMON_HANZI or letter in HANGUL
            return (1.0 if is_common else -0.5 if letter in _UNLIKELY else weight), width
    if letter in SIGNS or letter in FRAMES:
        return (1.0 if letter in SIGNS else 0.8), 1
    category = unicodedata.category(letter)
    if letter == "\ufffd" or category in {"Cc", "Cn", "Co"}:
        return _BROKEN, 1
    return {"Ll": 0.4, "Lu": 0.2, "Lo": 0.3, "Mn": 0.2}.get(category, -0.4), 1


def _pair_weight(before: str, letter: str) -> float:
    """Return a negative weight for neighbours that don't fit: letters of two scripts, or a capital inside a word."""
    if not before.isalpha() or not letter.isalpha():
        is_sign_in_word = (
            before.isalpha() and letter > "\x7f" and not letter.isspace() and letter in "‚ƒ„†‡ˆ‰‹ŒŽ¢¤¥¦¨¬¯±´µ¶¸¹º¼¾Ð"
        )
        return -0.8 if is_sign_in_word else 0.0
    if _script(before) != _script(letter):
        return -1.0
    is_odd = before.islower() or before == letter > "\x7f"
    return -0.8 if is_odd and letter.isupper() else 0.0


@functools.lru_cache(maxsize=4096)
def _script(letter: str) -> str:
    if letter in "µªº":
        return "LATIN"
    code = ord(letter)
    if 0x2E80 <= code <= 0x9FFF or 0xF900 <= code <= 0xFAFF or 0xFF00 <= code <= 0xFFEF:
        return "CJK"
    return unicodedata.name(letter, "?").split()[0]
