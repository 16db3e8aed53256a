"""简体中文: budgets, costs and usage, a part of `zh`."""

from collections.abc import Mapping

MONEY: Mapping[str, str] = {
    # -- bot/errors.py, bot/core/money -----------------------------------------------------------------------------
    "The budget for this is used up. Please ask an admin of this workspace.": (
        "这项预算已经用完，请联系本工作区的管理员。"
    ),
    "This would cost about {cost}, and an app can't say yes to that. Whoever wants the answer can press *Ask again*.": (
        "这大约要花 {cost}，应用自己不能同意。想要答案的人可以点 *再问一次*。"
    ),
    "All right, I'll leave it unanswered. If you change your mind, press *Ask again*.": (
        "好的，那我就不回答了。如果改变主意，请点 *再问一次*。"
    ),
    "Your budget for today": "你今天的预算",
    "Your budget for this week": "你本周的预算",
    "Your budget for this month": "你本月的预算",
    "This channel's budget for today": "本频道今天的预算",
    "This channel's budget for this week": "本频道本周的预算",
    "This channel's budget for this month": "本频道本月的预算",
    "The workspace's budget for today": "工作区今天的预算",
    "The workspace's budget for this week": "工作区本周的预算",
    "The workspace's budget for this month": "工作区本月的预算",
    "on {date} at {time} (your time)": "于 {date} {time}（你的时间）",
    "{whose} is used up ({spent} of {amount}). It renews {when}. An admin of this workspace can raise it before then: "
    "`/glm budget AMOUNT {period} {scope}`. Your question is kept: press *Ask again* when there is room.": (
        "{whose}已经用完（{spent} / {amount}），将{when}恢复。在那之前，本工作区的管理员可以提高额度："
        "`/glm budget AMOUNT {period} {scope}`。你的问题我留着：有额度时点 *再问一次* 即可。"
    ),
    "{whose} is {share} % used ({spent} of {amount}). It renews {when}.": (
        "{whose}已用 {share} %（{spent} / {amount}），将{when}恢复。"
    ),
    "{whose} is used up now ({spent} of {amount}). It renews {when}.": (
        "{whose}现已用完（{spent} / {amount}），将{when}恢复。"
    ),
    "Other answers that are under way may need what is left of the budget. "
    "Please press *Ask again* in a few minutes.": ("正在进行的其他回答可能会用掉剩余的预算。请过几分钟点 *再问一次*。"),
    "Cost: {cost}": "费用：{cost}",
    "answer this question": "回答这个问题",
    "Ask again": "再问一次",
    # -- handlers/glm/money.py, bot/slack/dialogs/usage.py -------------------------------------------------------------
    "What you have used": "你的用量",
    "What was used in this channel": "本频道的用量",
    "What the workspace has used": "工作区的用量",
    "Today: {today} · this month: {month}": "今天：{today} · 本月：{month}",
    "{whose}: {left} left of {amount}, renews {when}": "{whose}：{amount} 中还剩 {left}，将{when}恢复",
    "No budget is set.": "没有设置预算。",
    "I don't know what this model costs, so I count only its tokens, and budgets have no effect.": (
        "我不知道这个模型的价格，所以只统计 token 数，预算不起作用。"
    ),
    "By person": "按人",
    "By channel": "按频道",
    "By model": "按模型",
    "Direct messages": "私信",
    "Cost per day": "每日费用",
    "Download CSV": "下载 CSV",
    "Done: {who} may spend {amount} {per}. It renews {when}.": "已设置：{who}{per}可以花 {amount}，将{when}恢复。",
    "Done: {who} has no limit {per} any more.": "已设置：{who}{per}不再有限制。",
    "a day": "每天",
    "a week": "每周",
    "a month": "每月",
    "this channel": "本频道",
    "the workspace": "工作区",
    "Only an admin of this workspace can set budgets.": "只有本工作区的管理员才能设置预算。",
    "Only an admin of this workspace can see what everybody has used.": "只有本工作区的管理员才能查看所有人的用量。",
    "I don't understand {words} there. Did you mean `{line}`?": "我没看懂{words}。你是想输入 `{line}` 吗？",
    "Something is missing there. Did you mean `{line}`?": "好像少了点什么。你是想输入 `{line}` 吗？",
    "Here is what was used, by day, person, channel and model.": "这是按日期、人、频道和模型统计的用量。",
    "I've sent you the file in our direct messages.": "文件已发到我们的私信里。",
    "Nothing was used yet, so there's nothing to download.": "还没有任何用量，所以没有可下载的内容。",
    "It will cost about {cost}.": "大约需要 {cost}。",
}
