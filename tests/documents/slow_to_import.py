"""As a heavy library on a busy machine: for the sandbox's tests, by name only."""

import time

time.sleep(1.2)


def quick() -> str:
    return "quick"
