"""The words that can be read on a picture, by Tesseract where it is installed. Runs in a worker process.

Tesseract has no more memory and time than the worker, and goes with it. Its page mode 3 and a picture of some 2000
pixels read most of a screenshot's small print: 0.3 to 0.7 s.
"""

import io
import os
import subprocess

from PIL import Image

from bot.documents.images.decode import decode

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
    file = io.BytesIO()
    picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0).save(file, "PPM")
    try:
        done = subprocess.run(  # noqa: S603 - the program that was found at start
            [program, "stdin", "stdout", "-l", _LANGUAGES, "--psm", "3", "tsv"],
            check=False,
            timeout=TIMEOUT_S,
            input=file.getvalue(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"PATH": os.defpath, "LANG": "C.UTF-8", "OMP_THREAD_LIMIT": "1"},
        )
    except (OSError, subprocess.TimeoutExpired):
        return ()
    rows = (line.split("\t") for line in done.stdout.decode(errors="replace").splitlines()[1:])
    return tuple(row[_WORD] for row in rows if len(row) == _COLUMNS and row[_WORD].strip() and _is_sure(row[_SURE]))


def _is_sure(sure: str) -> bool:
    try:
        return float(sure) >= LEAST_SURE
    except ValueError:
        return False
