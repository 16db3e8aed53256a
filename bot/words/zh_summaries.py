"""简体中文: what is said of summaries, a part of `zh`."""

from collections.abc import Mapping

SUMMARIES: Mapping[str, str] = {
    "Explain like I'm new": "像讲给新人听一样解释",
    "I can't find what that link leads to: it may be deleted or expired, so please copy it again.": (
        "我找不到这个链接指向的内容：可能已被删除或已过期，请重新复制链接。"
    ),
    "I can't read that conversation any more: please check that I am still in it, then order it again.": (
        "我已无法读取该对话：请确认我仍在其中，然后重新提交。"
    ),
    "I can't see that conversation, or you are not in it yourself: in a channel of yours, type `/invite @{bot}`, "
    "then try again.": "我看不到该对话，或者你本人不在其中：请在你所在的频道中输入 `/invite @{bot}`，然后重试。",
    "I don't understand that: give me a link to a message, a file, a canvas, a thread or a web page, or "
    "say `last 50`, `today` or `this week`.": (
        "我没看懂：请给我消息、文件、画布、消息列或网页的链接，或输入 `last 50`、`today` 或 `this week`。"
    ),
    "Or pick from this channel's latest files": "或从本频道最近的文件中选择",
    "That message is older than what this workspace's plan keeps, so Slack no longer shows it to me.": (
        "该消息早于本工作区套餐的保留期限，Slack 已不再向我显示。"
    ),
    "<@{user}> asked for a summary of {name}": "<@{user}> 请求总结 {name}",
    "<@{user}> asks: {question}": "<@{user}> 提问：{question}",
    "A direct message": "私信",
    "A line": "一句话",
    "A page": "一页",
    "A paragraph": "一段",
    "A question to focus on": "重点关注的问题",
    "Action items": "待办事项",
    "All right, I leave it unread.": "好的，那我就不读了。",
    "Ask GLM": "问 GLM",
    "Ask": "提问",
    "Bullet points": "要点列表",
    "Executive summary": "管理层摘要",
    "Files": "文件",
    "I could not read what you asked me to summarise: {reasons}.": "我无法读取你要我总结的内容：{reasons}。",
    "Language": "语言",
    "Length": "长度",
    "Make a web page of this.": "把它做成一个网页。",
    "Minutes": "会议纪要",
    "My own": "我的语言",
    "Nothing was said there in that time, so there is nothing to summarise.": (
        "那段时间里没有任何消息，没有可总结的内容。"
    ),
    "On it: the summary of {name} comes in {place}.": "正在处理：{name} 的总结将发到{place}。",
    "Only me": "仅我自己",
    "Please summarise {name}.": "请总结 {name}。",
    "Show me {name}, page {page}.": "给我看 {name} 的第 {page} 页。",
    "Show page…": "显示页面…",
    "Slack did not answer me in time: please try again in a minute.": "Slack 没有及时回应我：请稍后再试。",
    "Style": "风格",
    "Summarise": "总结",
    "That comes from a private conversation, so the summary can only go to you: choose “Only me”.": (
        "内容来自私密对话，总结只能发给你本人：请选择“仅我自己”。"
    ),
    "That is more than {most} files: please choose fewer.": "超过了 {most} 个文件：请少选一些。",
    "The summary of {name} that you asked for": "你要的 {name} 的总结",
    "There are no files and no thread at that message: give me a link to one that has files or replies.": (
        "该消息没有文件，也没有回复：请给我一个带有文件或回复的消息链接。"
    ),
    "There is no picture in that message: choose one with a screenshot or a sketch in it.": (
        "该消息里没有图片：请选择带有截图或草图的消息。"
    ),
    "This channel": "本频道",
    "This is {pages} pages, about {cost}. Go on?": "共 {pages} 页，约 {cost}。要继续吗？",
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
    "I can't find that file: it may be deleted or expired, or shared only where one of us is not; in a channel of "
    "yours, type `/invite @{bot}`, then try again.": (
        "我找不到这个文件：它可能已被删除或已过期，或者只分享在你或我不在的地方；"
        "请在你所在的频道中输入 `/invite @{bot}`，然后再试一次。"
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
