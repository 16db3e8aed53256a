"""`make audit`: known faults of what is locked, by uv from osv.dev. Without a way there nothing is said to be well."""

import subprocess
import sys

COMMAND = ("audit", "--frozen", "--no-dev", "--preview-features", "audit")
FOUND, FAILED = 1, 2
NO_DATA = ("error sending request", "dns error", "timed out")
UNKNOWN = "Not audited: the data about known faults cannot be had from here."


def audit(uv: str) -> int:
    """0: nothing known, or no data to know it from, which is said; 1: faults are known; 2: it could not run."""
    ended = subprocess.run([uv, *COMMAND], capture_output=True, text=True, check=False)
    if ended.returncode not in {0, FOUND} and any(words in ended.stderr for words in NO_DATA):
        print(UNKNOWN, file=sys.stderr)
        return 0
    print(ended.stdout, ended.stderr, sep="", end="")
    return ended.returncode


if __name__ == "__main__":
    sys.exit(audit(sys.argv[1]))
