"""Reads the words on a picture with Tesseract, if it is installed. It runs in a worker process.

With page mode 3 and about 2000 pixels Tesseract reads most of the small print of a screenshot in 0.3 to 0.7 s.
"""

from PIL import Image

from bot.documents.images.decode import decode
from bot.documents.images.tesseract import asked

TIMEOUT_S = 8.0
LEAST_SURE = 60.0  # of 100: guesses on icons and photos have less
_LANGUAGES = "eng+chi_sim"  # Tesseract leaves out a language that is not installed
_LONGEST, _MOST_ENLARGED = 2560, 2.0
_SURE, _WORD, _COLUMNS = 10, 11, 12  # columns of a line of the table: confidence, word, and how many there are


def read_words(data: bytes, program: str) -> tuple[str, ...]:
    """Return the words in the order of reading; none when Tesseract fails or takes too long.

    Raises FileErrors when the picture cannot be decoded.
    """
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
