"""Runs Tesseract, if it is installed. It has the memory limit of the worker that starts it, and ends with it."""

import io
import os
import subprocess

from PIL import Image


def asked(program: str, picture: Image.Image, options: list[str], timeout_s: float) -> bytes:
    """Return what Tesseract writes about a picture; nothing when it cannot start or takes longer than `timeout_s`."""
    file = io.BytesIO()
    picture.save(file, "PPM")
    try:
        done = subprocess.run(  # noqa: S603 - the program that was found at start
            [program, "stdin", "stdout", *options],
            check=False,
            timeout=timeout_s,
            input=file.getvalue(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"PATH": os.defpath, "LANG": "C.UTF-8", "OMP_THREAD_LIMIT": "1"},
        )
    except (OSError, subprocess.TimeoutExpired):
        return b""
    return done.stdout
