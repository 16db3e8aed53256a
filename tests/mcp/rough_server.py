"""A server written by hand, without the SDK, that misbehaves as it is told: `rough_server.py HABIT [FILE]`.

Every start adds a line to FILE. Its one tool `go` does what the habit says.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

HABIT = sys.argv[1]
GO: dict[str, Any] = {"name": "go", "description": "Go.", "inputSchema": {"type": "object"}}
GO["annotations"] = {"readOnlyHint": True}
TOOLS = [GO]
# What the newer protocol adds to answers.
FRESH = {"resultType": "complete", "ttlMs": 0, "cacheScope": "public"}


def say(message: object) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def answer(request: Any, result: object) -> None:
    say({"jsonrpc": "2.0", "id": request["id"], "result": result})


def endlessly(line: str) -> None:
    while True:
        sys.stdout.write(line)


def own_environment() -> str:
    pairs = Path("/proc/self/environ").read_text().strip("\0").split("\0")
    return json.dumps(dict(pair.split("=", 1) for pair in pairs))


def with_a_log_line() -> str:
    sys.stdout.write("starting up …\n")
    return "fine"


def family() -> str:
    child = subprocess.Popen(["sleep", "3600"])
    return f"{os.getpid()} {child.pid}"


CHATTER = json.dumps({"jsonrpc": "2.0", "method": "notifications/message", "params": {"level": "info", "data": 1}})
MISDEEDS: dict[str, Callable[[], Any]] = {
    "dies": lambda: os._exit(3),
    "hangs": lambda: time.sleep(3600),
    "endless": lambda: endlessly("y" * 65_536),
    "chatter": lambda: endlessly(CHATTER + "\n"),
    "babble": lambda: endlessly("what is this?\n"),
}


def grow() -> str:
    TOOLS.append({**GO, "name": "grown"})
    say({"jsonrpc": "2.0", "method": "notifications/tools/list_changed"})
    return "done"


WORDS: dict[str, Callable[[], str]] = {
    "flood": lambda: "x" * 12_000_000,
    "long": lambda: "x" * 150_000,
    "logs": with_a_log_line,
    "environment": own_environment,
    "family": family,
    "grows": grow,
}


def go(request: Any) -> None:
    MISDEEDS.get(HABIT, lambda: None)()
    if HABIT == "refuses":
        say({"jsonrpc": "2.0", "id": request["id"], "error": {"code": -32000, "message": "no such drawer"}})
    elif HABIT == "malformed":
        answer(request, {"content": "not a list"})
    else:
        text = WORDS.get(HABIT, lambda: str(os.getpid()))()
        newer = {"resultType": "complete"} if HABIT == "modern" else {}
        answer(request, {**newer, "content": [{"type": "text", "text": text}]})


def initialize(request: Any) -> None:
    if HABIT == "never":
        time.sleep(3600)
    if HABIT == "stillborn":
        sys.exit(1)
    if HABIT == "modern":
        say({"jsonrpc": "2.0", "id": request["id"], "error": {"code": -32601, "message": "no initialize here"}})
        return
    answer(
        request,
        {
            "protocolVersion": request["params"]["protocolVersion"],
            "capabilities": {"tools": {}},
            "serverInfo": {"name": "rough", "version": "1"},
        },
    )


def main() -> None:
    if len(sys.argv) > 2:
        with Path(sys.argv[2]).open("a") as file:
            file.write("started\n")
    for line in sys.stdin:
        request = json.loads(line)
        match request["method"]:
            case "initialize":
                initialize(request)
            case "server/discover":
                answer(request, {**FRESH, "supportedVersions": ["2026-07-28"], "capabilities": {"tools": {}}})
            case "tools/list":
                answer(request, {**(FRESH if HABIT == "modern" else {}), "tools": TOOLS})
            case "tools/call":
                go(request)


main()
