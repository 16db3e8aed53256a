"""The words that can be read on a picture, by Tesseract where it is installed. Runs in a worker process.

Its page mode 3 and a picture of some 2000 pixels read most of a screenshot's small print: 0.3 to 0.7 s.
"""

from PIL import Image

from bot.documents.images.decode import decode
from bot.documents.images.tesseract import asked

TIMEOUT_S = 8.0
LEAST_SURE = 60.0  # of 100: what it guesses on icons and photos is less
_LANGUAGES = "eng+chi_sim"  # one that is not installed is left out
_LONGEST, _MOST_ENLARGED = 2560, 2.0
_SURE, _WORD, _COLUMNS = 10, 11, 12  # of a line of its table


def read_words(data: bytes, program: str) -> tuple[str, ...]:
    """In the order of reading; none when it cannot read or takes too long. Raises FileErrors for the picture."""
    picture = decode(data).pixels.convert("L")
    scale = min(_MOST_ENLARGED, _LONGEST / max(picture.size))
    size = max(1, round(picture.width * scale)), max(1, round(picture.height * scale))
    picture = picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
    table = asked(program, picture, ["-l", _LANGUAGES, "--psm", "3", "tsv"], TIMEOUT_S)
    rows = (line.split("\t") for line in table.decode(errors="replace").splitlines()[1:])
    return tuple(row[_WORD] for row in rows if len(row) == _COLUMNS and row[_WORD].strip() and _is_sure(row[_SURE]))


def _is_sure(sure: str) -> bool:
    try:
        return float(sure) >= LEAST_SURE
    except ValueError:
        return False
