"""The forms of Slack's ids and times. They stand in the names of what is kept, so nothing else may pass for one."""

import re

from bot.errors import PayloadMalformed

# Longer and in more letters than Slack's are today, and without what would break a key (`:`, braces, blanks).
ID = r"[A-Za-z0-9_-]{1,64}"
# Seconds and a running number: 1766458026.240809.
TS = r"[0-9]{1,10}\.[0-9]{1,9}"
_ID, _TS = re.compile(ID), re.compile(TS)


def check_id(value: object, name: str) -> None:
    if not (isinstance(value, str) and _ID.fullmatch(value)):
        raise PayloadMalformed(f"{name} is no id")


def check_ts(value: object, name: str) -> None:
    if not (isinstance(value, str) and _TS.fullmatch(value)):
        raise PayloadMalformed(f"{name} is no time")
