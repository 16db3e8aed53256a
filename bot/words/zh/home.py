"""简体中文: the home tab and its dialogues. A part of `zh`."""

from collections.abc import Mapping

HOME: Mapping[str, str] = {
    # -- bot/slack/home/page.py --------------------------------------------------------------------------------
    "Hello! I'm GLM-4.6V": "你好！我是 GLM-4.6V",
    "I can see, read and think.\n"
    "• Ask me under *Messages*, or mention me in a channel: `@glm what is wrong here?`\n"
    "• Add pictures or documents: screenshots, photos, charts, PDF, Word, PowerPoint, Excel and more.\n"
    "• `/summarize` catches you up on a channel, a thread, a file or a link; `/glm help` tells the rest.": (
        "我能看、能读、能思考。\n"
        "• 在 *消息* 标签页里问我，或在频道里提及我：`@glm 这里有什么问题？`\n"
        "• 附上图片或文档：截图、照片、图表、PDF、Word、PowerPoint、Excel 等。\n"
        "• `/summarize` 帮你了解一个频道、消息列、文件或链接的内容；其余的见 `/glm "
        "help`。"
    ),
    "Three things to try": "三件事，试试看",
    "Try it": "试一试",
    "My settings": "我的设置",
    "They count for you, in all channels and in our direct messages.": "对你生效：在所有频道和我们的私信里。",
    "My usage": "我的用量",
    "What I know of you": "我所知道的关于你的内容",
    "Your questions and my answers to them, your files and your settings, for as long as they are kept.": (
        "你的提问和我的回答、你的文件和你的设置，在保留期之内。"
    ),
    "Send it to me": "发给我",
    "Forget it…": "忘掉…",
    # -- bot/slack/home/trials.py ------------------------------------------------------------------------------
    "The checkout of a shop, which does not take the payment": "一家网店的结账页面，付款没有成功",
    "What stands out in this chart?": "这张图表里什么最显眼？",
    "A year of sales, month by month": "一年的逐月销售额",
    "Which rooms are on this plan, and how large are they?": "这张平面图上有哪些房间，各有多大？",
    "The second floor of an office": "一间办公室的平面图",
    # -- bot/slack/home/setting_rows.py ------------------------------------------------------------------------
    "What I show of my thinking": "显示多少思考过程",
    "Thinking before I answer": "回答前是否思考",
    "What an answer has cost": "回答的费用",
    "Model": "模型",
    "Language of what I say by myself": "我自己说话用的语言",
    "Instructions": "说明",
    "Answer in channels without a mention": "在频道里不被提及也回答",
    "Answer mentions only, also in threads": "只在被提及时回答，消息列里也一样",
    "yes": "是",
    "no": "否",
    "nothing": "不显示",
    "one line": "一行",
    "a summary": "摘要",
    "all of it": "全部",
    "always": "总是",
    "never": "从不",
    "when the question needs it": "视问题需要",
    "not shown": "不显示",
    "a line under the answer": "在回答下面显示一行",
    "as in your Slack": "跟随你的 Slack",
    "as in each person's Slack": "跟随每个人的 Slack",
    "chosen by you": "由你选择",
    "set for this channel": "为本频道设置",
    "set for everyone": "为所有人设置",
    "the default": "默认值",
    "As for everyone: {value}": "与所有人一样：{value}",
    "Default: {value}": "默认：{value}",
    "none yet": "还没有",
    "{title} · sees pictures": "{title} · 能看图",
    "{title} · text only": "{title} · 仅文字",
    "{model} · {input} in, {output} out a million tokens": "{model} · 每百万 token 输入 {input}，输出 {output}",
    "Change…": "更改…",
    "Write…": "填写…",
    # -- bot/slack/home/admin.py -------------------------------------------------------------------------------
    "For admins": "管理员专用",
    "Only admins of this workspace see this part.": "只有本工作区的管理员能看到这一部分。",
    "Settings for everyone": "所有人的设置",
    "Budgets": "预算",
    "Each person: {amount} a day": "每个人：每天 {amount}",
    "Each channel: {amount} a day": "每个频道：每天 {amount}",
    "The workspace: {amount} a month": "工作区：每月 {amount}",
    "{who}: {amount} a day": "{who}：每天 {amount}",
    "{who}: {amount} a week": "{who}：每周 {amount}",
    "{who}: {amount} a month": "{who}：每月 {amount}",
    "no limit": "不限",
    "No budget is set: everybody may use as much as they like.": "没有设置预算：每个人都可以随意使用。",
    "Set a budget…": "设置预算…",
    "Who may use me": "谁可以使用我",
    "Guests: {answer}": "访客：{answer}",
    "People of other companies: {answer}": "其他公司的人：{answer}",
    "Only these people: {names}": "仅限这些人：{names}",
    "Only these channels: {names}": "仅限这些频道：{names}",
    "Bots that may mention me: {names}": "可以提及我的机器人：{names}",
    "Allowed by an admin: {names}": "管理员已允许：{names}",
    "Not allowed by an admin: {names}": "管理员已禁止：{names}",
    "Allow or deny…": "允许或禁止…",
    "How long I remember a thread": "消息列记住多久",
    "{days} after its last question": "最后一次提问后 {days}",
    "{names} and {count} more": "{names} 等，另有 {count} 个",
    "Audit log: off": "审计日志：关",
    "Audit log: on, to standard output": "审计日志：开，写到标准输出",
    "Audit log: on, into a file": "审计日志：开，写入文件",
    # -- bot/slack/home/dialogues.py ---------------------------------------------------------------------------
    "Save": "保存",
    "My instructions": "我的说明",
    "For everyone": "对所有人",
    "What I should keep to in every answer": "我在每个回答里要遵守的事",
    "Such as: answer in short sentences, with the source of each figure. Leave it empty to take it back.": (
        "例如：用短句回答，并注明每个数字的出处。留空即可撤回。"
    ),
    "A person": "人",
    "A channel": "频道",
    "Leave both empty for the whole workspace.": "两项都留空即对整个工作区生效。",
    "How much": "金额",
    "An amount in {currency}, such as 5 or 2.50; or “off”: no limit.": (
        "以 {currency} 计的金额，例如 5 或 2.50；“off” 表示不限。"
    ),
    "For how long": "多长时间内",
    "May they use me?": "可以使用我吗？",
    "Yes, allow it": "可以，允许",
    "No, not any more": "不，不再允许",
    "Days after the last question of a thread": "消息列最后一次提问后的天数",
    "From 1 to {most}. Older threads are forgotten at once.": "1 到 {most}。更早的消息列会立即被忘掉。",
    "Set a budget": "设置预算",
    "Allow or deny": "允许或禁止",
    "How long I remember": "我记住多久",
    "Forget all about you?": "忘掉关于你的一切？",
    "That is no amount: type a number such as 5 or 2.50, or “off”.": (
        "这不是金额：请输入数字，例如 5 或 2.50，或“off”。"
    ),
    "Choose a person or a channel, not both.": "请选择人或频道，不要两个都选。",
    "Choose a person or a channel.": "请选择一个人或一个频道。",
    "That has to be a number from 1 to {most}.": "必须是 1 到 {most} 之间的数字。",
    # -- handlers/home/presses.py ------------------------------------------------------------------------------
    "You are trying this: *{question}*": "你正在试：*{question}*",
    "On it: the picture and my answer come under *Messages* in a moment.": (
        "马上：图片和我的回答稍后会出现在 *消息* 标签页里。"
    ),
    "This model is offered no more; please choose another one.": "这个模型已不再提供，请选择另一个。",
}
