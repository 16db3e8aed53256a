"""Shows emoji: the shortcodes that people and apps use most, and Unicode's own names. Others stay as written."""

import re
import unicodedata
from functools import cache

EMOJI = {
    "+1": "👍", "thumbsup": "👍", "-1": "👎", "thumbsdown": "👎", "100": "💯", "alarm_clock": "⏰",
    "arrow_down": "⬇️", "arrow_left": "⬅️", "arrow_right": "➡️", "arrow_up": "⬆️", "art": "🎨",
    "ballot_box_with_check": "☑️", "bar_chart": "📊", "beers": "🍻", "bell": "🔔",
    "blue_heart": "💙", "bomb": "💣", "book": "📖", "bookmark": "🔖", "books": "📚", "boom": "💥",
    "brain": "🧠", "broken_heart": "💔", "bug": "🐛", "building_construction": "🏗️", "bulb": "💡",
    "cake": "🍰", "calendar": "📆", "camera": "📷", "chart_with_downwards_trend": "📉",
    "chart_with_upwards_trend": "📈", "checkered_flag": "🏁", "clap": "👏", "clipboard": "📋",
    "cloud": "☁️", "coffee": "☕", "computer": "💻", "confetti_ball": "🎊", "construction": "🚧",
    "cry": "😢", "dart": "🎯", "date": "📅", "disappointed": "😞", "dizzy": "💫", "eight_ball": "🎱",
    "email": "📧", "exclamation": "❗", "eyes": "👀", "face_with_monocle": "🧐", "file_folder": "📁",
    "fire": "🔥", "flag-gb": "🇬🇧", "floppy_disk": "💾", "gear": "⚙️", "ghost": "👻", "gift": "🎁",
    "green_heart": "💚", "grey_question": "❔", "grin": "😁", "grinning": "😀", "hammer": "🔨",
    "hammer_and_wrench": "🛠️", "hand": "✋", "handshake": "🤝", "heart": "❤️", "heart_eyes": "😍",
    "heavy_check_mark": "✔️", "heavy_minus_sign": "➖", "heavy_plus_sign": "➕", "hourglass": "⌛",
    "hourglass_flowing_sand": "⏳", "house": "🏠", "hugging_face": "🤗",
    "information_source": "ℹ️", "joy": "😂", "key": "🔑", "large_blue_circle": "🔵",
    "large_green_circle": "🟢", "large_yellow_circle": "🟡", "laughing": "😆", "link": "🔗",
    "lock": "🔒", "loudspeaker": "📢", "mag": "🔍", "mag_right": "🔎", "mailbox": "📫", "memo": "📝",
    "moneybag": "💰", "muscle": "💪", "neutral_face": "😐", "no_entry": "⛔", "no_entry_sign": "🚫",
    "octagonal_sign": "🛑", "ok": "🆗", "ok_hand": "👌", "open_file_folder": "📂",
    "open_mouth": "😮", "package": "📦", "page_facing_up": "📄", "paperclip": "📎",
    "party_popper": "🎉", "pencil": "📝", "pencil2": "✏️", "phone": "☎️", "point_down": "👇",
    "point_left": "👈", "point_right": "👉", "point_up": "☝️", "pray": "🙏", "purple_heart": "💜",
    "pushpin": "📌", "question": "❓", "raised_hands": "🙌", "red_circle": "🔴", "robot_face": "🤖",
    "rocket": "🚀", "rotating_light": "🚨", "satellite": "📡", "scissors": "✂️", "seedling": "🌱",
    "see_no_evil": "🙈", "shrug": "🤷", "skull": "💀", "sleeping": "😴",
    "slightly_smiling_face": "🙂", "smile": "😄", "smiley": "😃", "smirk": "😏", "snail": "🐌",
    "snowflake": "❄️", "sob": "😭", "sparkles": "✨", "speech_balloon": "💬", "star": "⭐",
    "star2": "🌟", "stop_button": "⏹️", "stopwatch": "⏱️", "straight_ruler": "📏",
    "sunglasses": "😎", "sunny": "☀️", "sweat_smile": "😅", "tada": "🎉", "thinking_face": "🤔",
    "thought_balloon": "💭", "traffic_light": "🚥", "trophy": "🏆", "truck": "🚚", "turtle": "🐢",
    "umbrella": "☔", "unlock": "🔓", "upside_down_face": "🙃", "v": "✌️", "warning": "⚠️",
    "wastebasket": "🗑️", "wave": "👋", "white_check_mark": "✅", "white_circle": "⚪", "wink": "😉",
    "wrench": "🔧", "writing_hand": "✍️", "x": "❌", "yellow_heart": "💛", "zap": "⚡", "zzz": "💤",
}  # fmt: skip
_SHORTCODE = re.compile(r":([a-z0-9_+-]+)(?:::skin-tone-[2-6])?:")


_PICTURES = (range(0x1F300, 0x1FB00), range(0x2600, 0x27C0), range(0x2B00, 0x2C00))


def glyph(name: str) -> str:
    """Return the sign of a shortcode without colons; `:name:` when there is none of that name."""
    return _sign(name.partition("::")[0]) or f":{name}:"


def with_emoji(plain: str) -> str:
    """Replace the shortcodes in unescaped text."""
    return _SHORTCODE.sub(lambda found: _sign(found[1]) or found[0], plain)


def _sign(name: str) -> str:
    return EMOJI.get(name) or _by_unicode().get(_plain(name), "")


@cache
def _by_unicode() -> dict[str, str]:
    """Shortcodes are mostly Unicode's own names: “zipper_mouth_face” is ZIPPER-MOUTH FACE."""
    signs = [chr(code) for codes in _PICTURES for code in codes]
    return {_plain(unicodedata.name(sign)): sign for sign in signs if unicodedata.name(sign, "")}


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.lower())
