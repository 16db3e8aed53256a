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
    # -- bot/core/chosen_model.py -------------------------------------------------------------------------------
    "{title} reads text only, so it can't look at the pictures of this conversation. Choose one that can, such as "
    "{near}, and ask again: `/glm model {name}`": (
        "{title} 只读文字，看不了这次对话里的图片。请换一个能看图片的，例如 {near}，再问一次：`/glm model {name}`"
    ),
    # -- handlers/glm/words.py, handlers/glm/settings.py --------------------------------------------------------
    "off, line, summary or full": "off、line、summary 或 full",
    "on, off or auto": "on、off 或 auto",
    "off or line": "off 或 line",
    "on or off": "on 或 off",
    "en, zh or auto": "en、zh 或 auto",
    "Done: {name} is now `{value}` {scope}.": "已设置：{scope}，{name} 现在是 `{value}`。",
    "Done: {name} is `{value}` {scope} again.": "已设置：{scope}，{name} 恢复为 `{value}`。",
    "{name} is `{value}` {scope}; choose {choices}.": "{scope}，{name} 现在是 `{value}`；可选 {choices}。",
    "I don't know “{word}”: say `here` for this channel, `everyone` for the workspace, or nothing.": (
        "我不认识“{word}”：本频道请写 `here`，整个工作区请写 `everyone`，只对你自己就什么都不用写。"
    ),
    "for you": "对你个人",
    "in this channel": "在本频道",
    "for everyone": "对所有人",
    "in our direct messages": "在我们的私信里",
    "I'm not in this channel yet, so please invite me: `/invite`.": "我还不在这个频道里，请邀请我：`/invite`。",
    "I answer what is asked here without a mention, except where somebody else is called.": (
        "这里的提问不用提及我，我也会回答，除非消息是在叫别人。"
    ),
    "As `quiet` is on, I still wait for a mention: `/glm quiet off`.": (
        "由于 `quiet` 已打开，我仍然只在被提及时回答：`/glm quiet off`。"
    ),
    # -- handlers/glm/model.py --------------------------------------------------------------------------------
    "{name} is `{value}` {scope}: {facts}. `/glm model list` shows all there are.": (
        "{scope}，{name} 现在是 `{value}`：{facts}。`/glm model list` 会列出全部模型。"
    ),
    "*Models to choose from*": "*可选的模型*",
    "Choose with `/glm model {name}`; the next question is answered by it.": (
        "用 `/glm model {name}` 选择；从下一个问题起由它回答。"
    ),
    "• `{name}`: {facts}": "• `{name}`：{facts}",
    "• `{name}`: {facts} – yours now": "• `{name}`：{facts} – 你现在用的",
    "{sight}, window of {window}K tokens, {price}": "{sight}，上下文窗口 {window}K token，{price}",
    "sees pictures": "能看图片",
    "reads text only": "只读文字",
    "{input} in and {output} out for a million tokens": "每百万 token 输入 {input}、输出 {output}",
    "price not known": "价格未知",
    "There is no model “{word}” here. `/glm model list` shows all there are.": (
        "这里没有模型“{word}”。`/glm model list` 会列出全部模型。"
    ),
    "There is no model “{word}” here. Did you mean {lines}? `/glm model list` shows all there are.": (
        "这里没有模型“{word}”。你是想说 {lines} 吗？`/glm model list` 会列出全部模型。"
    ),
    " or ": " 或 ",
    # -- handlers/glm/instructions.py --------------------------------------------------------------------------
    "Done: in threads that begin from now on I keep to this {scope}:": (
        "已设置：{scope}，从现在开始的消息列里我会遵守："
    ),
    "Done: there are no instructions {scope} any more. Threads that have begun keep theirs.": (
        "已设置：{scope}，不再有说明。已经开始的消息列仍按原来的说明。"
    ),
    "Instructions {scope}:": "说明（{scope}）：",
    "There are no instructions yet. Tell me some: `{line}`": "还没有说明。告诉我吧：`{line}`",
    "There are no instructions {scope} yet. Tell me some: `{line}`": "{scope}，还没有说明。告诉我吧：`{line}`",
    # -- handlers/glm/settings_shown.py -----------------------------------------------------------------------------
    "*What counts for you in our direct messages*": "*在我们的私信里对你生效的设置*",
    "*What counts for you in this channel*": "*在本频道对你生效的设置*",
    "• {name}: `{value}` ({source})": "• {name}：`{value}`（{source}）",
    "• {name} ({source}): “{value}”": "• {name}（{source}）：“{value}”",
    "• {name}: none ({source})": "• {name}：无（{source}）",
    "the default": "默认",
    "Change one with `/glm think on`, for this channel with `/glm think on here`, take it back with `default`.": (
        "用 `/glm think on` 修改，用 `/glm think on here` 为本频道修改，用 `default` 恢复。"
    ),
}
