"""`make audit`: known faults of what is locked, by uv from osv.dev or from what speaks as it does (`make audit
OSV=http://…`). Without a way there, or with an answer that is none, nothing is said to be well.
"""

import subprocess
import sys

COMMAND = ("audit", "--frozen", "--no-dev", "--preview-features", "audit")
FOUND, FAILED = 1, 2
# uv names the address that it did not get its data from; of anything else that is wrong it names none.
NO_DATA = ("/v1/querybatch", "/v1/vulns/", "error sending request", "dns error", "timed out")
UNKNOWN = "Not audited: the data about known faults cannot be had from here."


def audit(uv: str, service_url: str = "") -> int:
    """0: nothing known, or no data to know it from, which is said; 1: faults are known; 2: it could not run."""
    asked = [*COMMAND, "--service-url", service_url] if service_url else [*COMMAND]
    ended = subprocess.run([uv, *asked], capture_output=True, text=True, check=False)
    if ended.returncode not in {0, FOUND} and any(words in ended.stderr for words in NO_DATA):
        print(UNKNOWN, file=sys.stderr)
        return 0
    print(ended.stdout, ended.stderr, sep="", end="")
    return ended.returncode


if __name__ == "__main__":
    sys.exit(audit(*sys.argv[1:]))
