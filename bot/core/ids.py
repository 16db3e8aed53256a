"""`check_id` and `check_ts` check the form of Slack's ids and times.

They become parts of Redis keys, so nothing else may pass for one.
"""

import re

from bot.errors import PayloadMalformed

# Slack's ids are shorter and have fewer kinds of letters today. What would break a key (`:`, braces, spaces) is left
# out.
ID = r"[A-Za-z0-9_-]{1,64}"
# Seconds, a dot, and a running number: 1766458026.240809.
TS = r"[0-9]{1,10}\.[0-9]{1,9}"
_ID, _TS = re.compile(ID), re.compile(TS)


def check_id(value: object, name: str) -> None:
    """Raise PayloadMalformed unless `value` is an id. `name` is the field that the error names."""
    if not (isinstance(value, str) and _ID.fullmatch(value)):
        raise PayloadMalformed(f"{name} is no id")


def check_ts(value: object, name: str) -> None:
    """Raise PayloadMalformed unless `value` is a Slack time. `name` is the field that the error names."""
    if not (isinstance(value, str) and _TS.fullmatch(value)):
        raise PayloadMalformed(f"{name} is no time")
