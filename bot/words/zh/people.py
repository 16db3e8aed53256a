"""简体中文: who may use it, what is kept of people. A part of `zh`."""

from collections.abc import Mapping

PEOPLE: Mapping[str, str] = {
    # -- bot/core/people/access.py ------------------------------------------------------------------------------
    "Guests of this workspace can't use me here; one of its admins can allow it.": (
        "本工作区的访客不能使用我；管理员可以开放。"
    ),
    "I work for the people of this workspace only; one of its admins can allow others.": (
        "我只为本工作区的成员服务；管理员可以向其他人开放。"
    ),
    "You're not on the list of people who may use me; an admin of this workspace can add you.": (
        "你不在可以使用我的人员名单上；本工作区的管理员可以添加你。"
    ),
    "I'm not switched on in this channel; an admin of this workspace can allow it.": (
        "我在这个频道里没有启用；本工作区的管理员可以开放。"
    ),
    "Slack doesn't tell me just now who you are in this workspace. Please try again in a minute.": (
        "Slack 暂时没有告诉我你在本工作区的身份，请过一分钟再试。"
    ),
    # -- handlers/glm/access.py -------------------------------------------------------------------------------
    "Only an admin of this workspace can decide who may use me.": "只有本工作区的管理员才能决定谁可以使用我。",
    "Tell me whom or where: `/glm {verdict} @person` or `/glm {verdict} #channel`, chosen from Slack's list.": (
        "请告诉我是谁或哪个频道：`/glm {verdict} @person` 或 `/glm {verdict} #channel`，从 Slack 的列表中选择。"
    ),
    "That would shut you out yourself; another admin can do it.": "这会把你自己拒之门外；可以请另一位管理员来做。",
    "Done: <@{one}> may use me.": "已设置：<@{one}> 可以使用我。",
    "Done: I answer in <#{one}>.": "已设置：我会在 <#{one}> 中回答。",
    "Done: <@{one}> may not use me any more.": "已设置：<@{one}> 不能再使用我。",
    "Done: I don't answer in <#{one}> any more.": "已设置：我不再在 <#{one}> 中回答。",
    # -- handlers/glm/accounts.py -----------------------------------------------------------------------------------
    "Shall I forget all about you? That's your questions and my answers, your files and your settings, in every "
    "channel and in our direct messages. The messages in Slack stay, but I won't read again what you've said "
    "until now. This can't be undone.": (
        "要我忘掉你的一切吗？包括所有频道和我们私信里你的提问和我的回答、你的文件和你的设置。"
        "Slack 里的消息会保留，但你到现在为止说过的话我不会再读。此操作无法撤销。"
    ),
    "Forget me": "忘掉我",
    "I'm forgetting it…": "正在忘掉…",
    "All right, I've forgotten nothing.": "好的，我什么都没有忘。",
    "Done, I've forgotten all about you.": "好了，你的一切我都忘掉了。",
    "Only an admin of this workspace can decide how long I remember.": "只有本工作区的管理员才能决定我记住多久。",
    "1 day": "1 天",
    "{days} days": "{days} 天",
    "Tell me a number of days from 1 to {most}: `/glm retention 7 here`, or `everyone` for all channels.": (
        "请告诉我 1 到 {most} 之间的天数：`/glm retention 7 here`，或用 `everyone` 对所有频道生效。"
    ),
    "In this channel I remember a thread for {days} after its last question, elsewhere for {all}.": (
        "在本频道，消息列最后一次提问后我会记住它 {days}；其他地方是 {all}。"
    ),
    "in this workspace": "在本工作区里",
    "Done: {scope} I forget a thread {days} after its last question, older ones at once.": (
        "已设置：{scope}，消息列在最后一次提问 {days}后被忘掉，更早的立即忘掉。"
    ),
    "Done: {scope} I forget a thread after {days} again.": "已设置：{scope}，消息列重新在 {days}后被忘掉。",
    "On it: I'll send you all I know of you as a file, in our direct messages.": (
        "马上就来：我会把我知道的关于你的一切做成文件，发到我们的私信里。"
    ),
    "Here's all I know of you: your threads, your settings, what you've used.": (
        "这是我知道的关于你的一切：你的消息列、你的设置和你的用量。"
    ),
}
