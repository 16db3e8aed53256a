"""Links to Slack's own things in what people write."""

import re

# https://acme.slack.com/files/U0123/F0123/report.pdf · https://acme.slack.com/docs/T0123/F0123 (canvases and lists)
_LINK = re.compile(
    r"https?://(?P<host>[\w.-]+(?::\d+)?)/(?:files|docs|lists|canvas)/(?:[UWT][A-Z0-9]{2,}/)?(?P<file>F[A-Z0-9]{3,})\b"
)
_HOST = "slack.com"


def linked_files(text: str, host: str = "") -> tuple[str, ...]:
    """Ids of the files on Slack that a text links to, each once. `host`: that of a local Slack, with its port."""
    found = dict.fromkeys(one["file"] for one in _LINK.finditer(text) if _is_slack(one["host"], host))
    return tuple(found)


def _is_slack(host: str, local: str) -> bool:
    return host == _HOST or host.endswith(f".{_HOST}") or (bool(local) and host == local)
