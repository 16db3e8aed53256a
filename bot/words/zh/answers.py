"""简体中文: what is said around an answer and of what can be done with it, a part of `zh`."""

from collections.abc import Mapping

ANSWERS: Mapping[str, str] = {
    "(seen in the picture)": "（见于图片）",
    "(unchecked)": "（未核对）",
    "(not in the page's text: check the picture)": "（页面文字中没有：请核对图片）",
    "(not in the page's text)": "（页面文字中没有）",
    "See p. {page}": "看第 {page} 页",
    "See {name} p. {page}": "看 {name} 第 {page} 页",
    "Try again": "重试",
    "Good answer": "回答得好",
    "Bad answer": "回答不好",
    "Cancel": "取消",
    "Use this one": "用这个版本",
    "Done, that version is the answer again.": "好了，现在用的是这个版本。",
    "is still thinking ({seconds} s)…": "仍在思考（{seconds} 秒）…",
    "is waiting for {name}…": "正在等待 {name} 答复…",
    ", may I {action}?": "，我可以{action}吗？",
    "I'm still waiting for your answer.": "我还在等你的答复。",
    "There's nothing left to continue there: just ask for what you still need.": (
        "那里已没有可继续的内容：还需要什么请直接问。"
    ),
    "New answer to *{question}*": "对 *{question}* 的新回答",
    "New answer to a question above": "对上面一个问题的新回答",
}
