"""Bytes of a text in any encoding → text. BOM, then strict UTF-8, then what reads most like a language; never an error.

The whole file decides, not its beginning: many files are ASCII for pages before the first letter that is not.
"""

import codecs
import functools
import unicodedata

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# In this order where two read equally well.
_CANDIDATES = (
    "cp1252", "gb18030", "cp932", "big5", "cp949", "euc_jp", "cp1251", "koi8_r", "cp1250", "cp1253", "cp1254",
    "cp1255", "cp1256", "cp874", "cp866", "mac_roman",
)  # fmt: skip
_SAMPLE_BYTES = 24_000
_COMMON_HANZI = frozenset(
    "的一是不了在人有我他这中大来上个国和说们为子地时道你年得就那要下以生会自着去之过家学对可里后小么心多天而能好都然没日于"
    "起还发成事只作当想看文无开手十用主行方又如前所本见经头面公同三已老从动两长知民样现分将外但身些与高意进把法此实回二理美"
    "点月明其种声全工己话儿者向情部正名定女问力机给等几很业最间新什打便位因重被走电四第门相次东政海口使教西再平真听世气信北"
    "少关并内加化由却代军产入先山五太水万市眼体别处总才场师书比住员九笑性通目华报立马命张活难神数件安表原车白应路期叫死常提"
    "感金何更反合放做系计或司利受光王果亲界及今京务制解各任至清物台象记边共风战干接它许八特觉望直服毛林题建南度统色字请爱让"
    "认算论百吃义科怎元社术结六功指思非流每青管夫连远资队跟带花快条院变联言权往展该领传近留红治决周保达办运武半候七必城父强"
    "步完革深区即求品士转量空甚众技轻程告江语英基派满式李息写呢识极令黄德收脸钱党倒未持取设始版双历越史商千片容研像找友孩站"
    "测试件包含容请阅读据销售额增加据表格姓龄价格商品編號說這個時來對過會學國後們為無開關書長發現種點間問題東車門見機經業從動"
    "資料檔案測試內請閱讀價總計數據單訂電話圖頁選項變應與當實進還樣將沒讓體應該號區華達運務員產際義"
)
_COMMON_ACCENTED = frozenset("éèêëàâäáãåæçïîíìñôöóòõøœùûüúÿýßÉÈÊÀÂÄÁÃÅÆÇÎÍÑÔÖÓÕØŒÙÜÚ“”‘’–—…€£©®°«»·•™¿¡§ºª½²³×")
_CENTRAL = frozenset("ąćęłńśźżčďěňřšťůžőűăâîșțĄĆĘŁŃŚŹŻČĎĚŇŘŠŤŮŽŐŰșşţđ")
_TURKISH = frozenset("ğışİĞŞ")
_CYRILLIC = frozenset("оеаинтсрвлкмдпуяыь")
_GREEK = frozenset("αοιετσνηυρπκμλςάέήίόύώθγδ")
_HEBREW = frozenset(chr(code) for code in range(0x5D0, 0x5EB))
_USUAL = ((_COMMON_ACCENTED, 0.8), (_CENTRAL | _TURKISH, 0.7), (_CYRILLIC | _GREEK | _HEBREW, 0.95))
# First, last, how usual, bytes: Chinese, kana, hangul, wide signs, half-width kana, rare Chinese, private use.
_RANGES = (
    (0x4E00, 0x9FFF, 0.35, 2),
    (0x3040, 0x30FF, 1.0, 2),
    (0xAC00, 0xD7A3, 0.9, 2),
    (0x3000, 0x303F, 0.9, 2),
    (0xFF00, 0xFF60, 0.9, 2),
    (0xFF61, 0xFF9F, -0.3, 1),
    (0x3400, 0x4DBF, -2.0, 2),
    (0xE000, 0x10FFFF, -2.0, 2),
)


def decode_text(data: bytes) -> str:
    """The text with its BOM cut off. What cannot be decoded at all comes as Latin-1 would read it."""
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return data[len(bom) :].decode(encoding, "replace")
    wide = _without_bom(data)
    if wide:
        return data.decode(wide, "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        if _is_nearly_utf8(data, error):
            return data.decode("utf-8", "replace")
    return data.decode(guess_encoding(data), "replace")


def decode_declared(data: bytes, declared: str) -> str:
    """With the encoding that the file names, when it is one and fits; else as `decode_text`."""
    declared = {"gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932", "iso-8859-1": "cp1252"}.get(
        declared.strip().lower(), declared.strip()
    )
    if declared and not any(data.startswith(bom) for bom, _ in _BOMS):
        try:
            return data.decode(codecs.lookup(declared).name)
        except (LookupError, UnicodeDecodeError, ValueError):
            pass
    return decode_text(data)


def is_wide(data: bytes) -> bool:
    """Whether it looks like UTF-16 without a mark, which is no binary file: few control characters in it."""
    encoding = _without_bom(data)
    text = data[:4096].decode(encoding, "replace") if encoding else ""
    return bool(text) and sum((letter < " " and letter not in "\r\n\t") or letter == "\ufffd" for letter in text) < 2


def guess_encoding(data: bytes) -> str:
    """The encoding in which bytes that are not UTF-8 read most like a language."""
    sample = _telling_lines(data)
    best, best_score = "cp1252", -1e9
    for place, encoding in enumerate(_CANDIDATES):
        try:
            text = sample.decode(encoding)
        except UnicodeDecodeError:
            continue
        score = _score(text) - place * 0.005
        if score > best_score:
            best, best_score = encoding, score
    return best


def _without_bom(data: bytes) -> str:
    """UTF-16 without a mark: every other byte of Latin text is zero."""
    head = data[:4096]
    zeros = head.count(0)
    if len(head) < 4 or zeros < len(head) // 4:
        return ""
    return "utf-16-le" if head[1::2].count(0) > head[0::2].count(0) else "utf-16-be"


def _is_nearly_utf8(data: bytes, error: UnicodeDecodeError) -> bool:
    """Cut in the middle of a letter, or a few bad bytes in much good UTF-8."""
    if error.start >= len(data) - 4 and error.start > 0 and any(byte > 127 for byte in data[: error.start]):
        return True
    text = data[:200_000].decode("utf-8", "replace")
    good = sum(letter > "\x7f" for letter in text) - text.count("\ufffd")
    return good > 20 * text.count("\ufffd")


def _telling_lines(data: bytes) -> bytes:
    """Lines with letters beyond ASCII, from the whole file."""
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
    """How likely its letters are, for each byte beyond ASCII (a CJK letter had two)."""
    total, size, before = 0.0, 0, ""
    for letter in text:
        if letter > "\x7f":
            worth, width = _worth(letter)
            total += worth * width + _fit(before, letter)
            size += width
        elif before > "\x7f" and letter.isalpha():
            total += _fit(before, letter)
        before = letter
    return total / max(1, size)


@functools.lru_cache(maxsize=4096)
def _worth(letter: str) -> tuple[float, int]:
    """How usual a letter is, and how many bytes it had."""
    code = ord(letter)
    for first, last, worth, width in _RANGES:
        if first <= code <= last:
            return (1.0 if letter in _COMMON_HANZI else worth), width
    for letters, worth in _USUAL:
        if letter in letters:
            return worth, 1
    category = unicodedata.category(letter)
    if category[0] != "L":
        return (-3.0 if category in {"Cc", "Cn", "Co"} else -0.3), 1
    return {"Ll": 0.75, "Lo": 0.85}.get(category, 0.5), 1


def _fit(before: str, letter: str) -> float:
    """Letters of two scripts in one word, and capitals inside a word, speak against a reading."""
    if not before.isalpha() or not letter.isalpha():
        is_sign_in_word = (
            before.isalpha() and letter > "\x7f" and not letter.isspace() and letter in "‚ƒ„†‡ˆ‰‹ŒŽ¢¤¥¦¨¬¯±´µ¶¸¹º¼¾Ð"
        )
        return -0.8 if is_sign_in_word else 0.0
    if _script(before) != _script(letter):
        return -1.0
    return -0.8 if before.islower() and letter.isupper() else 0.0


@functools.lru_cache(maxsize=4096)
def _script(letter: str) -> str:
    code = ord(letter)
    if 0x2E80 <= code <= 0x9FFF or 0xF900 <= code <= 0xFAFF or 0xFF00 <= code <= 0xFFEF:
        return "CJK"
    return unicodedata.name(letter, "?").split()[0]
