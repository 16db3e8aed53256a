"""简体中文: tools, other servers, the web, pictures in answers and web pages. A part of `zh`."""

from collections.abc import Mapping

TOOLS: Mapping[str, str] = {
    # -- bot/tools ------------------------------------------------------------------------------------------------
    "open this page\nNobody here has mentioned it.": "打开这个网页\n这里没有人提到过它。",
    "is looking closer at {what}…": "正在放大查看 {what}…",
    "is looking at {what}…": "正在查看 {what}…",
    "is looking at {what} again…": "正在重新查看 {what}…",
    "is searching a document…": "正在文档中查找…",
    "is drawing on {what}…": "正在 {what} 上标注…",
    "{name} with marks": "{name}（带标注）",
    "{name} with marks: {labels}": "{name}（带标注：{labels}）",
    "is comparing two pictures…": "正在比较两张图片…",
    "{first} and {second} side by side": "{first} 与 {second} 并排对比",
    "is drawing a chart…": "正在绘制图表…",
    "is making a table…": "正在制作表格…",
    "is writing a file…": "正在写文件…",
    "is reading {what}…": "正在阅读 {what}…",
    "is rendering a page…": "正在渲染网页…",
    "How the page looks": "网页的显示效果",
    "is searching Slack for {what}…": "正在 Slack 中搜索 {what}…",
    "is calculating {what}…": "正在计算 {what}…",
    "is checking the time…": "正在查看时间…",
    # -- bot/mcp, bot/slack/dialogs/approval.py, handlers/approvals.py --------------------------------------------
    "May I {action}?": "我可以{action}吗？",
    "Approve": "同意",
    "Deny": "拒绝",
    "Show all": "查看全部",
    "What I ask about": "我问的内容",
    "({count} characters)": "（{count} 个字符）",
    "… and {count} more: “Show all” shows them.": "……还有 {count} 项：点“查看全部”即可看到。",
    "It's too long to be shown as a whole, so better deny it.": "内容太长，无法完整显示，建议拒绝。",
    "What I asked about has changed meanwhile, so nothing was done.": ("我问的内容后来变了，所以什么都没有执行。"),
    "This question is closed, or I asked somebody else: there's nothing to show.": (
        "这个询问已经结束，或者我问的是别人：没有可显示的内容。"
    ),
    "You approved that I {action}, and I was interrupted in the middle of it. I can't tell whether it was done, so I "
    "didn't do it again: please look for yourself.": (
        "你同意了我{action}，但我在执行途中被打断，无法确定是否已经完成，所以没有再次执行：请你自己查看一下。"
    ),
    "do something for you": "为你做一件事",
    "Nobody answered in time, so I didn't do it.": "没有人及时答复，所以我没有执行。",
    "Approved. I'm going on.": "已同意，我继续。",
    "Denied. I won't do it.": "已拒绝，我不会执行。",
    "Only the person I asked can decide this.": "只有我问的人可以决定。",
    "This question is closed, so nothing was done.": "这个询问已经结束，什么都没有执行。",
    "Noted. I was interrupted just now; as soon as I'm back at it, I go by your answer.": (
        "已记下。我刚才被打断了，恢复后会按你的答复继续。"
    ),
    "That's decided already.": "这件事已经决定过了。",
    "is asking another program…": "正在询问另一个程序…",
    "use “{tool}” of “{server}”": "使用“{server}”的“{tool}”",
    # -- bot/internet, bot/browser --------------------------------------------------------------------------------
    "I couldn't open that web page.": "我没能打开那个网页。",
    "I only open public web pages, and this isn't one.": ("我只打开公开的网页，而这个不是。"),
    "That web page took too long to load.": "那个网页加载太慢了。",
    "That web page is too large for me.": "那个网页太大，我读不了。",
    "I can't read what's at that address.": ("那个网址上的内容我读不了。"),
    "I couldn't draw that page as a picture.": "我没能把那个页面画成图片。",
    "I can't draw pages as pictures here: no browser is installed. Please tell whoever looks after this app to "
    "install Debian's `chromium-headless-shell` (or `chromium`).": (
        "这里没有安装浏览器，我无法把页面画成图片。"
        "请告知本应用的管理员安装 Debian 的 `chromium-headless-shell`（或 `chromium`）。"
    ),
    # -- files ----------------------------------------------------------------------------------------------------
    "read from the PDF that Slack made of it": "读取的是 Slack 为它生成的 PDF",
    "a Slack list, which I can't read; please send it as CSV": "这是 Slack 列表，我无法读取；请导出为 CSV 再发给我",
    "I can't tell whether you may see it: please share it here": "我无法确认你是否有权查看它；请直接分享到这里",
    "{name} (pages 1–{read} of {pages} read, the rest searchable)": (
        "{name}（已读第 1–{read} 页，共 {pages} 页，其余可检索）"
    ),
    "{name} ({pages} pages)": "{name}（{pages} 页）",
    "is reading {name}, page {done} of {of}…": "正在阅读 {name}，第 {done} 页，共 {of} 页…",
    "is drawing the pages of {name}, {done} of {of}…": "正在绘制 {name} 的页面，{done} / {of}…",
    # -- bot/core/grounding/draw.py, bot/core/webpages, bot/slack/reply/embeds.py
    "{picture}, {count} marked": "{picture}，{count} 处标注",
    "(I couldn't draw this on the picture.)": "（我没能把它标在图片上。）",
    "{caption} (this picture is no longer available)": ("{caption}（这张图片已经看不到了）"),
    "{caption} (Slack didn't take the picture)": "{caption}（Slack 没有接受这张图片）",
    "Writing the page": "正在编写网页",
    "is looking at the page…": "正在查看网页…",
    "is improving the page ({percent} % alike)…": "正在改进网页（相似度 {percent} %）…",
    "Original": "原图",
    "Page": "网页",
    "Version {version}": "版本 {version}",
    "The page is {percent} % like the original.": "网页与原图的相似度为 {percent} %。",
    "The page is {percent} % like the original (improved {count}×).": (
        "网页与原图的相似度为 {percent} %（改进了 {count} 次）。"
    ),
    "1 place on the page changed ({percent} %).": "网页有 1 处变化（{percent} %）。",
    "{count} places on the page changed ({percent} %).": "网页有 {count} 处变化（{percent} %）。",
    "The page looks the same as before.": "网页看起来和之前一样。",
    "More may have changed than you asked for: please compare.": "改动可能超出了你的要求，请对比一下。",
    "I couldn't look at the page here: {reason}": "我在这里没能查看网页：{reason}",
    "{name}: open it in a browser.": "{name}：请在浏览器中打开。",
    "See {name} (works for 7 days)": ("查看 {name}（7 天内有效）"),
    "{one} and {other}": "{one} 与 {other}",
    "There's no earlier version.": ("没有更早的版本了。"),
    "Undone. Version {new} is the same as version {version}.": ("已撤销。版本 {new} 与版本 {version} 相同。"),
    "There's no such version.": ("没有这个版本。"),
    "All versions of the page.": "网页的所有版本。",
    "I can no longer show that page.": "我已无法显示那一页。",
    "Undo": "撤销",
    "Redo": "重做",
    "There's nothing to redo.": "没有可以重做的修改。",
    "Redone. Version {new} is the same as version {version}.": "已重做。版本 {new} 与版本 {version} 相同。",
    "Redo the change to the page that was undone.": "重做刚才撤销的网页修改。",
    "Compare with version…": "与某个版本对比…",
    "Download zip": "下载 zip",
    "Undo the last change to the page.": "撤销对网页的上一次修改。",
    "Compare versions {one} and {other} of the page.": "对比网页的版本 {one} 和 {other}。",
    "Give me all versions of the page.": "把网页的所有版本给我。",
    "The page looks {percent} % like the original, and {words} % of its words are there.": (
        "网页与原图的外观相似度为 {percent} %，原图文字的 {words} % 都在。"
    ),
    "The page looks {percent} % like the original, and {words} % of its words are there (improved {count}×).": (
        "网页与原图的外观相似度为 {percent} %，原图文字的 {words} % 都在（改进了 {count} 次）。"
    ),
    "Nothing changed outside your marks.": ("你标注以外的地方没有变化。"),
    "1 place outside your marks changed, too: please compare.": "标注以外还有 1 处变化，请对比一下。",
    "{count} places outside your marks changed, too: please compare.": "标注以外还有 {count} 处变化，请对比一下。",
    "Gone from the page: {words}.": ("网页上去掉了：{words}。"),
    "New on the page: {words}.": "网页上新增：{words}。",
    # -- bot/web --------------------------------------------------------------------------------------------------
    "This preview has expired or never existed.": "这个预览已过期，或者从未存在。",
    "Not available just now. Please try again in a minute.": "暂时无法显示，请一分钟后再试。",
    "There's nothing to see at this address.": ("这个网址没有可看的内容。"),
    "A page that the model made. Its scripts are off.": "这是模型制作的网页，脚本未运行。",
    "Run them": "运行脚本",
    "Running, they can send nothing of the page away, but may let another server know that it is open.": (
        "脚本运行后无法把网页内容发送出去，但可能让别的服务器知道这个网页被打开了。"
    ),
    "A page that the model made, with its scripts. Please don't type anything secret into it.": (
        "这是模型制作的网页，脚本正在运行。请不要在其中输入机密信息。"
    ),
}
