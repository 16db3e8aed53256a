"""A notice board as an MCP server, by hand, so that it starts at once: `board.py FILE`.

Each `publish` adds a line to FILE and does not return as long as there is a FILE.hold. Each of its starts, once it has
told what it offers, adds a line to FILE.ready.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

BOARD = Path(sys.argv[1])
PUBLISH = {
    "name": "publish",
    "description": "Put something on the notice board.",
    "inputSchema": {"type": "object", "properties": {"words": {"type": "string"}}, "required": ["words"]},
}


def publish(words: str) -> str:
    note(BOARD, words)
    while BOARD.with_suffix(".hold").exists():
        time.sleep(0.01)
    return f"published: {words}"


def note(file: Path, words: str) -> None:
    with file.open("a") as lines:
        lines.write(f"{words}\n")


def result_of(method: str, params: dict[str, Any]) -> dict[str, Any] | None:
    match method:
        case "initialize":
            about = {"name": "desk", "version": "1"}
            version = params["protocolVersion"]
            return {"protocolVersion": version, "capabilities": {"tools": {}}, "serverInfo": about}
        case "tools/list":
            return {"tools": [PUBLISH]}
        case "tools/call":
            words = publish(str(params["arguments"]["words"]))
            return {"content": [{"type": "text", "text": words}]}
    return None


for line in sys.stdin:
    asked = json.loads(line)
    if "id" not in asked:
        continue
    found = result_of(asked["method"], asked.get("params") or {})
    problem = {"code": -32601, "message": "Method not found"}
    answer = {"error": problem} if found is None else {"result": found}
    sys.stdout.write(json.dumps({"jsonrpc": "2.0", "id": asked["id"], **answer}) + "\n")
    sys.stdout.flush()
    if asked["method"] == "tools/list":
        note(BOARD.with_suffix(".ready"), "ready")
