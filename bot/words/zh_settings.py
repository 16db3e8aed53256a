"""简体中文: settings of people, channels and workspaces. A part of `zh`."""

from collections.abc import Mapping

SETTINGS: Mapping[str, str] = {
    # -- bot/core/people/settings.py ----------------------------------------------------------------------------
    "Only an admin of this workspace can set that for everyone.": "只有本工作区的管理员才能为所有人设置。",
    "Only members of this workspace can set that for a channel.": "只有本工作区的成员才能为频道设置。",
    "That is about channels: in direct messages I always answer.": "这只对频道有意义：在私信里我总会回答。",
    "That can only be set for a channel (`here`) or for `everyone`.": (
        "这只能为频道（`here`）或所有人（`everyone`）设置。"
    ),
    "That is {count} characters; instructions can have {most} at most. Please say it shorter.": (
        "这有 {count} 个字符，而说明最多 {most} 个字符，请写得短一些。"
    ),
}
