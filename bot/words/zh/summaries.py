"""简体中文: what is said of summaries, a part of `zh`."""

from collections.abc import Mapping

SUMMARIES: Mapping[str, str] = {
    # -- bot/slack/read/summaries/{periods,command_help}.py: all of it is understood when it is typed, too
    "last {count}": "最近 {count} 条",
    "today": "今天",
    "yesterday": "昨天",
    "this week": "本周",
    "last week": "上周",
    "last 50": "最近 50 条",
    "since your last message": "你上次发言之后",
    "since I was last here": "我上次来之后",
    "#channel yesterday": "#channel 昨天",
    "what was decided?": "定了什么？",
    "help": "帮助",
    "I don't understand “{words}”. Did you mean `/summarize {one}` or `/summarize {other}`? "
    "`/summarize help` shows all I understand.": (
        "我没看懂“{words}”。你是想说 `/summarize {one}` 还是 `/summarize {other}`？"
        "`/summarize 帮助` 会列出我能看懂的说法。"
    ),
    "*What to type behind `/summarize`*\n"
    "• nothing: choose in a dialogue\n"
    "• `today`, `yesterday`, `this week`, `last week`: what was said here\n"
    "• `last 50`, `last five` or just `5`: the newest messages here\n"
    "• `since I was last here`: what came after your last message\n"
    "• `#channel yesterday`: another channel\n"
    "• a link to a message, a thread, a file, a canvas or a web page\n"
    "• a question: `what was decided about the budget?`": (
        "*在 `/summarize` 后面可以输入什么*\n"
        "• 什么都不写：在对话框里选择\n"
        "• `今天`、`昨天`、`本周`、`上周`：这里说过的话\n"
        "• `最近 50 条`、`最近五条` 或只写 `5`：这里最新的消息\n"
        "• `我上次来之后`：你上次发言之后的消息\n"
        "• `#channel 昨天`：另一个频道\n"
        "• 消息、消息列、文件、画布或网页的链接\n"
        "• 一个问题：`预算定了吗？`"
    ),
    "{what} in {place}": "{place} 的{what}",
    "{what}, {period}": "{what}，{period}",
    "Summary of {name}": "总结：{name}",
    "What to summarise": "总结什么",
    "If you give a link or files below, those are summarised instead.": "如果下面给了链接或文件，就改为总结它们。",
    "This channel": "本频道",
    "{place}: {period}": "{place}：{period}",
    "A link": "链接",
    "Link to a message, a file or a web page": "消息、文件或网页的链接",
    "Paste the link here.": "请在这里粘贴链接。",
    "Only me, in our direct messages": "只给我，发到我们的私信",
    "This channel, for everybody": "本频道，大家都能看到",
    "Or pick one of this channel's latest files": "或从本频道最近的文件中选择",
    "That comes from a private conversation, so only you can have the summary: choose “Only me”.": (
        "内容来自私密对话，总结只能给你本人：请选择“只给我”。"
    ),
    "Explain like I'm new": "像讲给新人听一样解释",
    "I can't find what that link leads to: it may be deleted. Please copy it again.": (
        "我找不到这个链接指向的内容：可能已经删除。请重新复制。"
    ),
    "I can't read that conversation any more. Please check that I'm still in it, then ask again.": (
        "我读不到这个对话了。请确认我还在其中，然后再问一次。"
    ),
    "I can't see that conversation, or you're not in it. If it's yours, type `/invite @{bot}` there and try again.": (
        "我看不到这个对话，或者你不在其中。如果是你的频道，请在里面输入 `/invite @{bot}`，再试一次。"
    ),
    "That message is too old: your Slack plan no longer shows it to me.": (
        "这条消息太旧了：你们的 Slack 套餐已不再让我看到它。"
    ),
    "<@{user}> asked for a summary of {name}": "<@{user}> 请求总结 {name}",
    "<@{user}> asks: {question}": "<@{user}> 提问：{question}",
    "A line": "一句话",
    "A page": "一页",
    "A paragraph": "一段",
    "A question to focus on": "重点关注的问题",
    "Action items": "待办事项",
    "All right, I won't read it.": "好的，那我就不读了。",
    "Ask GLM": "问 GLM",
    "Ask": "提问",
    "Bullet points": "要点列表",
    "Executive summary": "管理层摘要",
    "Files": "文件",
    "I couldn't read it: {reasons}.": ("我读不了：{reasons}。"),
    "Language": "语言",
    "Length": "长度",
    "Make a web page of this.": "把它做成一个网页。",
    "Minutes": "会议纪要",
    "My own": "我的语言",
    "Nobody wrote anything there in that time.": ("那段时间里没有人发过消息。"),
    "Nobody has written anything there yet.": "那里还没有人发过消息。",
    "On it: the summary of {name} comes in {place}.": "好的，总结会发到{place}：{name}。",
    "Please summarise {name}.": "请总结 {name}。",
    "Show me {name}, page {page}.": "给我看 {name} 的第 {page} 页。",
    "Show page…": "显示页面…",
    "Slack didn't answer in time. Please try again in a minute.": ("Slack 没有及时回应。请过一分钟再试。"),
    "Style": "风格",
    "Summarise": "总结",
    "That's more than {most} files: please choose fewer.": "超过了 {most} 个文件：请少选一些。",
    "That message has no files and no replies: pick one that has.": ("这条消息没有文件，也没有回复：请选一条有的。"),
    "That message has no picture: pick one with a screenshot or a sketch.": (
        "这条消息里没有图片：请选一条有截图或草图的。"
    ),
    "This is {pages} pages, about {cost}. Go on?": "共 {pages} 页，大约需要 {cost}。要继续吗？",
    "Up to 10 files, 10 MB each": "最多 10 个文件，每个 10 MB",
    "Upload a file, or pick one below.": "请上传一个文件，或在下方选择一个。",
    "Upload files": "上传文件",
    "What does it mean for our budget?": "这对我们的预算意味着什么？",
    "Where it goes": "发到哪里",
    "Your question about this message": "关于这条消息的问题",
    "a message": "一条消息",
    "a thread": "一个消息列",
    "answers with error {status}": "返回错误 {status}",
    "could not be opened": "无法打开",
    "is reading part {part} of {parts}…": "正在阅读第 {part}/{parts} 部分…",
    "nothing to read on it": "没有可读的内容",
    "our direct messages": "我们的私信",
    "summarise all of it": "总结全部内容",
    "{name} is too large ({size} MB): I read files up to {most} MB.": (
        "{name} 太大（{size} MB）：我最多能读 {most} MB 的文件。"
    ),
    "I can't find that file: it's gone, or shared where you or I can't look. If the channel is yours, type "
    "`/invite @{bot}` there and try again.": (
        "我找不到这个文件：它可能已经删除，或者分享在你或我不在的地方。"
        "如果是你的频道，请在里面输入 `/invite @{bot}`，再试一次。"
    ),
    "too many files at once; ask me about it by itself": "一次的文件太多；请单独问我这个文件",
    "it is from a private conversation: ask me about it in our direct messages, or share it here": (
        "它来自私密对话：请在我们的私信里问我，或者在这里分享它"
    ),
    "This is {messages} messages, about {cost}. Go on?": "共 {messages} 条消息，大约需要 {cost}。要继续吗？",
    "This is {pages} pages and {messages} messages, about {cost}. Go on?": (
        "共 {pages} 页和 {messages} 条消息，大约需要 {cost}。要继续吗？"
    ),
}
