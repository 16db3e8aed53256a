"""简体中文: what the bot says by itself, by the English that stands in the code. Placeholders and commands stay."""

from collections.abc import Mapping

from bot.words.zh.answers import ANSWERS
from bot.words.zh.files import FILES
from bot.words.zh.home import HOME
from bot.words.zh.money import MONEY
from bot.words.zh.people import PEOPLE
from bot.words.zh.settings import SETTINGS
from bot.words.zh.summaries import SUMMARIES
from bot.words.zh.tools import TOOLS

WORDS: Mapping[str, str] = {
    **ANSWERS,
    **FILES,
    **HOME,
    **MONEY,
    **PEOPLE,
    **SETTINGS,
    **SUMMARIES,
    **TOOLS,
    # -- bot/words, bot/core/prompt/receipt.py: lists -------------------------------------------------------------
    ", ": "、",
    "{name} ({reason})": "{name}（{reason}）",
    "{name}: {note}": "{name}：{note}",
    # -- bot/errors.py --------------------------------------------------------------------------------------------
    "Something went wrong on my side. Please ask again.": "我这边出了点问题，请再问一次。",
    "The model couldn't answer this time. Please ask again in a moment.": "模型这次没能回答，请稍后再问一次。",
    "The model is very busy right now. Please ask again in a minute.": "模型现在非常繁忙，请过一分钟再问。",
    "The account that pays for the model has run out of balance or quota. "
    "Please tell whoever looks after this app to top it up; then ask again.": (
        "模型所用账户的余额或额度已用完。请告知本应用的管理员充值，然后再问一次。"
    ),
    "The model doesn't accept this app's key. Please tell whoever looks after this app to check `GLM_API_KEY`.": (
        "模型不接受本应用的密钥。请告知本应用的管理员检查 `GLM_API_KEY`。"
    ),
    "The model this app is set to use doesn't exist at its provider. Please tell whoever looks after this app to "
    "check `GLM_MODEL` and `GLM_BASE_URL`.": (
        "服务商那里没有本应用所设置的模型。请告知本应用的管理员检查 `GLM_MODEL` 和 `GLM_BASE_URL`。"
    ),
    "Nobody who serves the model is allowed by the settings of this app's account. Please tell whoever looks after "
    "this app to check those settings, or to choose another model in `GLM_MODEL`.": (
        "按本应用账户的设置，没有服务商能提供这个模型。"
        "请告知本应用的管理员检查这些设置，或在 `GLM_MODEL` 中换一个模型。"
    ),
    "Nobody who serves the model fits the privacy settings of this app's account. Please tell whoever looks after "
    "this app to check those settings, or to choose another model in `GLM_MODEL`.": (
        "按本应用账户的隐私设置，没有服务商能提供这个模型。"
        "请告知本应用的管理员检查这些设置，或在 `GLM_MODEL` 中换一个模型。"
    ),
    "The model isn't offered where this app runs. Please tell whoever looks after this app to choose another one in "
    "`GLM_MODEL`.": "本应用所在的地区不提供这个模型。请告知本应用的管理员在 `GLM_MODEL` 中换一个模型。",
    "Nobody serves the model just now. Please ask again in a few minutes; if it stays like this, tell whoever looks "
    "after this app to check `GLM_MODEL`.": (
        "目前没有服务商提供这个模型。请过几分钟再问；如果一直这样，请告知本应用的管理员检查 `GLM_MODEL`。"
    ),
    "The spending limit of this app's key is used up. Please tell whoever looks after this app to raise it; then ask "
    "again.": "本应用密钥的消费上限已用完。请告知本应用的管理员调高上限，然后再问一次。",
    "The model didn't take the question like this. Please try again with a shorter one or fewer files; if it "
    "keeps happening, tell whoever looks after this app.": (
        "这个问题模型这样收不了。请缩短问题或减少文件后再试；如果一直这样，请告知本应用的管理员。"
    ),
    "The model couldn't read one of the pictures. Please save it as PNG or JPEG, or take a new screenshot, and "
    "send it again.": "有一张图片模型读不了。请把它另存为 PNG 或 JPEG，或重新截图，然后再发一次。",
    "The model's content filter refused this one. Please put the question differently, or leave out the part "
    "that may have triggered it.": "这个问题被模型的内容审核拦下了。请换个说法，或去掉可能触发审核的部分。",
    "That's more than the model can take in at once. Please send fewer or smaller files, or start a new thread.": (
        "内容超出了模型一次能处理的范围。请减少文件数量或缩小文件，或新开一个消息列。"
    ),
    "The model took too long, so I stopped waiting. Please ask again, perhaps a smaller question.": (
        "模型耗时太久，我没有再等下去。请再问一次，最好把问题问得小一些。"
    ),
    "I can't reach the model right now. Please ask again in a few minutes.": "我现在连不上模型，请过几分钟再问。",
    "The answer broke off before it was complete. Press *Continue*, or say “continue”, "
    "and I'll pick it up from there.": ("回答还没写完就断了。点 *继续*，或说一声“继续”，我就接着往下写。"),
    "The answer broke off before it was complete. Please ask again.": "回答还没写完就断了，请再问一次。",
    "The model spent all its room on thinking and didn't get to an answer. Please ask for less at a time, or "
    "begin the question with `!nothink`.": (
        "模型把篇幅都用在了思考上，没来得及回答。请一次少问一些，或在问题前加 `!nothink`。"
    ),
    "The model ran out of room in the middle of what it was about to do, such as writing a file. Please ask for "
    "less at a time.": ("模型正要做的事（例如写一个文件）还没写完，篇幅就用完了。请一次少要一些。"),
    "The model was busy all the time, and your question didn't get its turn within {minutes} minutes. Please "
    "ask again later.": ("模型一直很忙，{minutes} 分钟内都没轮到你的问题。请过一会儿再问。"),
    "The model is very busy. Please ask again in {minutes} minutes.": ("模型非常繁忙，请 {minutes} 分钟后再问。"),
    "The model's limit is reached for now. Please ask again in {hours} hours.": (
        "模型的用量暂时已到上限，请 {hours} 小时后再问。"
    ),
    "The model's limit is reached for now. Please ask again in {days} days.": (
        "模型的用量暂时已到上限，请 {days} 天后再问。"
    ),
    "The plan that pays for the model is used up for now. Please ask again later, or tell "
    "whoever looks after this app.": ("模型所用套餐的额度暂时用完了。请稍后再问，或告知本应用的管理员。"),
    "The plan that pays for the model doesn't cover this. Please tell whoever looks after "
    "this app to check the plan behind `GLM_API_KEY`.": (
        "模型所用的套餐不包括这种用法。请告知本应用的管理员检查 `GLM_API_KEY` 所属的套餐。"
    ),
    "The model said nothing at all. Please ask again, perhaps in other words.": (
        "模型什么也没说就结束了。请再问一次，也可以换个说法。"
    ),
    "The model kept repeating itself, so I stopped it. Please ask again, perhaps in other words.": (
        "模型开始反复说同样的话，我让它停下了。请再问一次，也可以换个说法。"
    ),
    "The model this app is set to use reads text only, so I can't look at the pictures. Ask me in words, or have "
    "`GLM_MODEL` set to one that can see, such as `z-ai/glm-4.6v`.": (
        "本应用所设置的模型只能读文字，所以我看不了图片。请用文字提问，"
        "或请管理员把 `GLM_MODEL` 设为能看图的模型，例如 `z-ai/glm-4.6v`。"
    ),
    "could not be read": "无法读取",
    "more than I can hold at once; please send it in parts, smaller, or only the part that matters": (
        "太大，我一次装不下；请分几次发送、缩小，或只发送需要的部分"
    ),
    "damaged or cut off; please export it again": "已损坏或不完整，请重新导出",
    "ended my reader, because it is damaged or takes more memory than I have; please export it again, or send only "
    "the part that matters": "让我的阅读程序中断了：文件已损坏，或需要的内存太多；请重新导出，或只发送需要的部分",
    "a kind of file I can't read": "我读不了这种文件",
    "needs a password to open; please send a copy without one": "需要密码才能打开，请发一份没有密码的",
    "no longer on Slack": "已不在 Slack 上",
    "Slack doesn't let me download it; please check that I'm in the channel it was shared in": (
        "Slack 不允许我下载，请确认我在分享它的频道里"
    ),
    "took too long to read; please send it in parts, or only the part that matters": (
        "读取耗时太久；请分几次发送，或只发送需要的部分"
    ),
    "Slack didn't take my answer. Please ask again.": "Slack 没有接收我的回答，请再问一次。",
    "I can't reach my memory right now. Please ask again in a minute.": ("我现在连不上自己的记忆，请过一分钟再问。"),
    # -- bot/slack/files.py ---------------------------------------------------------------------------------------
    "too large: I read files up to {most} MB; please send only the part that matters": (
        "太大：我能读的文件最大 {most} MB；请只发送需要的部分"
    ),
    "Slack wouldn't give it to me just now": "Slack 刚才没有把它交给我",
    "Slack didn't give it to me in time": "Slack 没有及时把它交给我",
    "the download broke off": "下载中断了",
    "kept outside Slack, where I can't fetch it": "存放在 Slack 之外，我取不到",
    "a recording that Slack has not written down; please send what is said as text": (
        "一段 Slack 没有转写的录音；请把所说的内容以文字发来"
    ),
    # -- handlers/again.py ----------------------------------------------------------------------------------------
    "You edited a question I've already answered. Shall I answer it again?": (
        "你修改了一个我已经回答过的问题。要我重新回答吗？"
    ),
    "Answer again": "重新回答",
    "I'm answering it again.": "我正在重新回答。",
    "I can't find that question any more. Please ask it again.": "我找不到那个问题了，请再问一次。",
    # -- bot/slack/reply/footer.py, bot/slack/dialogs/modals.py ---------------------------------------------------
    "Continue": "继续",
    "Regenerate": "重新生成",
    "Show reasoning": "查看思考过程",
    "Regenerate with deep thinking": "深度思考后重新生成",
    "Regenerate faster, without thinking": "不思考，快速重新生成",
    "Copy as Markdown": "复制为 Markdown",
    "Earlier versions": "以前的版本",
    "Forget this thread": "忘掉这个消息列",
    "Reasoning": "思考过程",
    "What was wrong?": "哪里不对？",
    "Tell us, if you like": "愿意的话，请告诉我们",
    "Forget this thread?": "要忘掉这个消息列吗？",
    "I'll forget what was said here. The messages in Slack stay.": ("我会忘掉这里说过的话。Slack 里的消息会保留。"),
    "Forget it": "忘掉",
    "Send": "发送",
    "Close": "关闭",
    "The rest is too long to be shown here.": "其余部分太长，这里显示不下。",
    "These are the first {count} of {all} characters. All of them are in the file under the answer.": (
        "这里是全部 {all} 个字符中的前 {count} 个。完整内容在回答下面的文件里。"
    ),
    # -- handlers/answers.py --------------------------------------------------------------------------------------
    "Please continue where you stopped.": "请从停下的地方继续。",
    "Done, I've forgotten this thread. We start afresh.": ("好了，这个消息列我已经忘掉。我们重新开始。"),
    "I no longer remember this one.": "这条我已经不记得了。",
    # -- handlers/follow_up.py, handlers/private_replies.py, handlers/lifecycle.py ---------
    "That didn't work just now. Please try again.": "刚才没有成功，请再试一次。",
    "That took too long to open. Please press it again.": "打开得太慢了，请再按一次。",
    "One moment…": "请稍候…",
    "I've been updated since, so this no longer works. Just ask me again.": (
        "我后来更新过，这个已经不能用了。再问我一次就好。"
    ),
    "I don't know this command any more: `/glm` shows what I can do.": (
        "我已经不认识这个命令了：发送 `/glm` 看看我能做什么。"
    ),
    # -- handlers/glm/words.py -------------------------------------------------------------------------------------
    "*What I can do*\n"
    "• Mention me or write to me, with pictures or documents: `@glm what is wrong here?`\n"
    "• Just go on in the thread: I remember it. `stop` ends an answer, `stay quiet` makes me wait for a mention."
    " `/glm listen on`: I answer here without one, `/glm quiet on`: only with one.\n"
    "• `/summarize` sums up a channel, a thread, a file or a link: `/summarize today`\n"
    "• In the menu of any message: summarise it, ask about it, or turn its picture into a web page.\n"
    "• `!think` before a question: deep thinking, `!nothink`: a quick answer. `/glm settings`: what counts here."
    " `/glm model`, `language`, `instructions`, `think`, `reasoning`, `cost`: yours, `here` or for `everyone`.\n"
    "• `/glm usage`: what you have used. `/glm export`: all I know of you, as a file. `/glm forget me`: I forget it.\n"
    "• Admins: `/glm budget 5 day here`, `/glm retention 7 here`, `/glm allow|deny @person|#channel`": (
        "*我能做什么*\n"
        "• 提及我或直接给我发消息，图片和文档都可以：`@glm 这里有什么问题？`\n"
        "• 在消息列里接着说就行，我都记得。发送 `停止` 中断回答；发送 `安静`，我就等你提及再回答。"
        "`/glm listen on`：在本频道不用提及我也回答；`/glm quiet on`：只在被提及时回答。\n"
        "• `/summarize` 总结频道、消息列、文件或链接：`/summarize 今天`\n"
        "• 在任意消息的菜单里：总结它、就它提问，或把其中的图片变成网页。\n"
        "• 问题前加 `!think`，我会深度思考；加 `!nothink`，我会快速回答。`/glm settings`：这里的各项设置。"
        "`/glm model`、`language`、`instructions`、`think`、`reasoning`、`cost`："
        "对你个人、本频道（`here`）或整个工作区（`everyone`）。\n"
        "• `/glm usage`：你的用量。`/glm export`：把我知道的关于你的一切打包给你。`/glm forget me`：让我忘掉它们。\n"
        "• 管理员：`/glm budget 5 day here`、`/glm retention 7 here`、`/glm allow|deny @person|#channel`"
    ),
    "I don't know “{word}”. `/glm help` shows all I can do.": "我不认识“{word}”。`/glm help` 会列出我能做的一切。",
    "I don't know “{word}”. Did you mean `{line}`? `/glm help` shows all I can do.": (
        "我不认识“{word}”。你是想说 `{line}` 吗？`/glm help` 会列出我能做的一切。"
    ),
    # -- handlers/home/opened.py, bot/slack/reply/suggested_prompts.py -------------------------------------------------
    "Hello! I'm GLM-4.6V: I can see, read and think. Ask me here, or mention me in a channel.\n"
    "• Send me a screenshot, a photo or a chart: what is wrong here, what does it say?\n"
    "• Send me a PDF, a Word, PowerPoint or Excel file: sum it up, find who does what by when.\n"
    "• Type `/summarize` to catch up on a channel, or `/glm` to see all I can do.\n"
    "Or press one of the three suggestions to begin.": (
        "你好！我是 GLM-4.6V，会看、会读、会思考。在这里问我，或在频道里提及我。\n"
        "• 发一张截图、照片或图表：哪里有问题，说明了什么？\n"
        "• 发一份 PDF、Word、PowerPoint 或 Excel 文件：总结它，找出谁在什么时候之前做什么。\n"
        "• 输入 `/summarize` 跟上频道里的进展，输入 `/glm` 看看我能做的一切。\n"
        "或者点一下三个建议中的一个，马上开始。"
    ),
    "What can you do?": "你能做什么？",
    "What can you do for me? Three examples, please, that I can try right now.": (
        "你能帮我做什么？请举三个我现在就能试的例子。"
    ),
    "Draw a chart": "画一张图表",
    "Draw a chart of the five longest rivers on Earth, and say what stands out.": (
        "请把世界上最长的五条河画成图表，并说说有什么特别之处。"
    ),
    "Make a web page": "做一个网页",
    "Make a small web page that counts the days until New Year.": "请做一个小网页，倒数离新年还有几天。",
    "What is wrong here?": "哪里有问题？",
    "What is wrong in this screenshot?": "这张截图里有什么问题？",
    "Read a chart": "解读图表",
    "What does this chart say? Give me the figures as a table.": "这张图表说明了什么？请用表格列出数据。",
    "Copy out the text": "提取文字",
    "Copy out all the text in this picture.": "请把这张图片里的文字全部提取出来。",
    "Explain a drawing": "讲解图纸",
    "Explain this drawing to somebody who sees it for the first time.": "请向第一次看到这张图的人讲解它。",
    "Summarise it": "总结一下",
    "Summarise what I've just sent you.": "请总结我刚发给你的内容。",
    "What are the open points?": "还有哪些未决事项？",
    "Which points are still open in it? Say where each stands.": "其中还有哪些事项没有定下来？请说明各在何处。",
    "List dates and owners": "列出日期和负责人",
    "List every date and task in it, and who is to do it, as a table.": "请用表格列出其中所有的日期、任务和负责人。",
    "Make a table of the figures": "把数据做成表格",
    "Make a table of the figures in it, with the page each stands on.": "请把其中的数据做成表格，并注明各在哪一页。",
    "Summarise #{name}": "总结 #{name}",
    "Summarise what was said in #{name} lately.": "请总结 #{name} 里最近说了什么。",
    "Summarise the thread in #{name}": "总结 #{name} 里的消息列",
    "Summarise this thread: {link}": "请总结这个消息列：{link}",
    # -- bot/core/prompt/receipt.py -------------------------------------------------------------------------------
    "Read: {names}": "已读：{names}",
    "Not read: {reasons}": "未读：{reasons}",
    "To make room, I now see {labels} smaller or by name only.": "为腾出空间，{labels} 现在缩小显示，或只留名称。",
    "This thread is long: I keep only a summary of its beginning.": ("这个消息列很长：开头部分我只保留了摘要。"),
    "The answer reached the length limit. Say “continue” for the rest.": "回答已达到长度上限。说“继续”可看其余部分。",
    "{wanted} is away just now, so {answers} answered instead.": "{wanted} 暂时不可用，这次由 {answers} 代为回答。",
    "Thought for {seconds} s": "思考了 {seconds} 秒",
    "{shown} and {count} more": "{shown} 等，另有 {count} 个",
    # -- bot/core/turn/respond.py, bot/core/turn/answer.py, bot/core/intake/sweep.py ------------------------------
    "is looking at {count} files…": "正在查看 {count} 个文件…",
    "is looking at {name}…": "正在查看 {name}…",
    "Stopped.": "已停止。",
    "is thinking…": "正在思考…",
    "is waiting: the model is busy, place {place} in the queue…": "正在等待：模型很忙，排在第 {place} 位…",
    "is waiting for the model to come back, place {place} in the queue…": "正在等模型恢复，排在第 {place} 位…",
    "Something went wrong on my side (reference {reference}). Please ask again.": (
        "我这边出了点问题（编号 {reference}），请再问一次。"
    ),
    "This question failed several times, so I've stopped. Please ask in another way (reference {reference}).": (
        "这个问题多次出错，所以我停下了。请换个方式提问（编号 {reference}）。"
    ),
    "is busy; yours is next…": "正忙，下一个就是你的问题…",
    "is busy; yours is number {place} in line…": "正忙，你的问题排在第 {place} 位…",
    # -- bot/core/files/attachments.py, bot/glm/refusals/provider_errors.py ---------------------------------------
    "too large ({size} MB; I read files up to {most} MB)": "太大（{size} MB；我能读的文件最大 {most} MB）",
    "The plan that pays for the model is used up until {time} UTC on {day}. Please ask "
    "again after that, or tell whoever looks after this app.": (
        "模型所用套餐的额度已用完，将于 {day} {time}（UTC）恢复。请在那之后再问，或告知本应用的管理员。"
    ),
    # -- bot/slack/reply/reasoning_block.py, bot/slack/reply/reply.py, bot/slack/reply/buffer.py -----------------
    "The whole answer as one file, {length} characters.": "完整的回答在这个文件里，共 {length} 个字符。",
    "It covers: {headings}.": "内容包括：{headings}。",
    "The whole table as a sheet": "完整的表格",
    "How I came to this (thought for {seconds} s)": "我是怎么得出答案的（思考了 {seconds} 秒）",
    "I couldn't sum up my reasoning just now, so here are its beginning and its end.": (
        "刚才没能总结我的思考过程，所以只列出开头和结尾。"
    ),
    "The reasoning in full": "完整的思考过程",
    "I can't answer in <#{channel}> ({reason}), so here it is:": (
        "我没法在 <#{channel}> 里回答（{reason}），所以把回答发在这里："
    ),
    # -- handlers/receive.py --------------------------------------------------------------------------------------
    "Too many messages are waiting for me in this thread, so I can't take more just now. Please send your last "
    "one again once I've answered.": (
        "这个消息列里等我回答的消息太多了，我暂时接不下新的。等我回答之后，请把最后一条再发一次。"
    ),
    "Too many of your messages are waiting for me, so I can't take more just now. Please send your last one "
    "again once I've answered some of them.": (
        "你有太多消息在等我回答，我暂时接不下新的。等我回答了其中一些，请把最后一条再发一次。"
    ),
    "Too many messages of this workspace are waiting for me, so I can't take more just now. Please send your "
    "last one again in a while.": (
        "这个工作区里等我回答的消息太多了，我暂时接不下新的。请过一会儿把最后一条再发一次。"
    ),
    "a video; please send the pictures of it that matter": "视频；请发送其中重要的画面",
    "a sound recording; I can't listen; please send what is said as text": "录音，我听不了；请把内容以文字发来",
}
