import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.drawing import Mark
from bot.core.grounding.filter import ASK_AGAIN, BoxFilter, parse_marks, sign

BEGIN, END = "<|begin_of_box|>", "<|end_of_box|>"
LEAK = (12.0, 300.0, 450.0, 600.0)
CARS = '[{"label": "car-1", "bbox_2d": [10, 20, 300, 400]},\n {"label": "car-2", "bbox_2d": [1, 2, 3, 4]}]'


def point(text: str, size: int = 0, *, is_active: bool = True) -> tuple[str, BoxFilter]:
    pointing = BoxFilter(is_active=is_active)
    size = size or max(1, len(text))
    shown = "".join(pointing.feed(text[at : at + size]) for at in range(0, len(text), size))
    return shown + pointing.end(), pointing


def boxes(pointing: BoxFilter) -> list[tuple[float, ...]]:
    return [mark.box for mark in pointing.marks]


SPELLINGS = [
    "[12, 300, 450, 600]",
    "[[12,300,450,600]]",
    "[ [12.0, 300.0,\n 450.0, 600.0] ]",
    "(12,300,450,600)",
    "(12, 300), (450, 600)",
    "(12,300),(450,600)",
    "(12,300)(450,600)",
    "[(12,300),(450,600)]",
    "（12，300，450，600）",
    "<12, 300, 450, 600>",
    "{12, 300, 450, 600}",
    "<bbox>12, 300, 450, 600</bbox>",
    "<bbox>[12, 300, 450, 600]</bbox>",
    "<box>(12,300),(450,600)</box>",
    BEGIN + "[[12, 300, 450, 600]]" + END,
    BEGIN + "(12,300),(450,600)" + END,
    '{"bbox_2d": [12, 300, 450, 600]}',
    '[{"bbox": [12, 300, 450, 600]}]',
    '{"bounding_box": [12, 300, 450, 600]}',
    '{"bboxes": [[12, 300, 450, 600]]}',
    '[{"box_2d": [450, 600, 12, 300]}]',
    '{"box": [[12, 300], [450, 600]]}',
    '{"bbox_2d": [[12, 300, 450, 600]]}',
    "{'bbox_2d': [12, 300, 450, 600]}",
    '{"score": 0.9, "at": {"x": 1}, "bbox_2d": [12, 300, 450, 600],}',
    '{"0": [{"bbox_2d": [12, 300, 450, 600]}]}',
]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_every_spelling_of_a_box_becomes_its_number_in_every_cut(spelling: str) -> None:
    text = f"The leak is at {spelling}, see?"
    for size in range(1, len(text) + 1):
        shown, pointing = point(text, size)
        assert shown == "The leak is at ①, see?"
        assert pointing.marks == (Mark("box", LEAK, "", 1),)
        assert not pointing.has_pixels


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_no_part_of_a_mark_is_shown(spelling: str) -> None:
    pointing = BoxFilter()
    assert pointing.feed("Here ") == "Here "
    shown = "".join(pointing.feed(letter) for letter in spelling)
    assert "".join(shown.split()) in {"", "①"}


@pytest.mark.parametrize("spelling", ["[[500, 300]]", '{"point": [500, 300]}', '[{"point_2d": [500, 300]}]'])
def test_points(spelling: str) -> None:
    for size in range(1, len(spelling) + 1):
        shown, pointing = point(spelling, size)
        assert (shown, pointing.marks) == ("①", (Mark("point", (500, 300, 500, 300), "", 1),))


@pytest.mark.parametrize(
    "text",
    [
        "the points are {}",
        "points = {}",
        "switches = {}",
        "They are:\n* {}",
        "They are:\n+ {}",
        "开关\n· {}",
        "See *{}*",
        "The solar array has holes: {}",
        "The dead pixels of the LED matrix are at {}.",
        "It costs $5: {}",
        r"So $x = 5$ and \(y\). {}",
        "图中矩阵的点：{}",
        "**{}**",
    ],
)
def test_points_are_points_beside_mathematics_too(text: str) -> None:
    whole = text.format("[[120, 340], [560, 780]]")
    for size in range(1, len(whole) + 1):
        shown, pointing = point(whole, size)
        assert shown.replace("：① ", "： ① ") == text.format("① ②").replace("：① ", "： ① ")
        assert [mark.kind for mark in pointing.marks] == ["point", "point"]


@pytest.mark.parametrize(
    "text", ["A = [[120, 340, 480, 777]]", "the matrix code: [[12, 30, 480, 777], [50, 60, 70, 80]]"]
)
def test_one_row_and_rows_of_four_are_boxes_beside_mathematics_too(text: str) -> None:
    assert {mark.kind for mark in point(text)[1].marks} == {"box"}


TEXTS = [
    "the array [1, 2, 3, 4] and [4,3,2,1]",
    "see [the docs](https://example.org/a(b)) and ![plan](img_3)",
    "as said [p. 7], [1], [1,2], [^1], [1, 2, 3], [x] and - [ ] open",
    "(for example) (1) (2, 3) a < b, 3 <4 and {x} {1} [] () [[wiki]]",
    "the points (10, 20), (30, 40), (50, 60) make a line",
    "from (10, 20) to (30, 40)",
    "rect(10, 20, 300, 400)",
    "years [2019, 2025, 2031, 2040] and (1990, 2000, 2010, 2020)",
    "sums (1200, 1300, 1500, 1900) and [1, 2, 40000, 50000]",
    "192.168.100.200 and [192.168.100.200] and (2026, 11, 23, 20)",
    "[10,20,300,400](https://a.example/x), [10, 20, 300, 400](/x) and ![10,20,300,400](img_3)",
    "the matrix is [[10,20],[30,40]].",
    "逆矩阵为：\n\n[[10, 20], [30, 40]]",
    "A = [[10,20],[30,40]] and [[10,20],[30,40]] × [[50,60],[70,80]], det([[100,20],[30,40]]) = 3400",
    "so 2 * [[10,20],[30,40]] and x*[[10,20],[30,40]], A^T = [[10,30],[20,40]], A^{-1}=[[40,-20],[-30,10]]",
    "np.array([[10,20],[30,40]])",
    "the eigenvectors of\n[[10,20],[30,40]]\nare",
    r"$A=[[10,20],[30,40]]$ and $x = [10, 20, 300, 400]$",
    "$$\nA = [[10,20],[30,40]]\n$$",
    r"\( [10,20,300,400] \) and \[ [[10,20],[30,40]] \]",
    "matrix [[1, 2], [3, 4]] and [[1, 2, 3], [10, 20, 300]]",
    "[[10, 20, 30, 40], [5, 5, 7, 7]]",
    "code `[12, 300, 450, 600]` and ``{'bbox_2d': [1,2,3,4]}``",
    "```python\nbox = [12, 300, 450, 600]\n```\n",
    "```\n[[12, 300, 450, 600]]\n```\n",
    '```json\n{"bbox_2d": [1, 2, 3, 4], "a": 1}\n{"b": 1}\n```\n',
    '```json\n{"name": "x", "version": [1, 2, 3, 40]}\n```\n',
    'the object {"name": "x"}, the list [{"a": 1}, {"b": 2}]',
    '{"bbox_2d": null} {"box": "shoes"} {"bbox": [1, 2, 3]} {"box": [true, 1, 2, 3]}',
    "<bbox>42</bbox> <b>bold</b> <bboxes> <12, none>",
    "[[12, 300, 450",
    "[12, 300, 450, 600",
    "(12, 300), (450,",
    "trailing [",
    "``` [12, 300]",
]


@pytest.mark.parametrize("text", TEXTS)
def test_other_numbers_stay_text_in_every_cut(text: str) -> None:
    for size in range(1, len(text) + 1):
        shown, pointing = point(text, size)
        assert (shown, pointing.marks) == (text, ())
        assert not pointing.has_pixels


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"The answer is {BEGIN}42{END}.", "The answer is 42."),
        (f"It is {BEGIN} 42 {END} of them", "It is 42 of them"),
        (f"{BEGIN}\n42\n{END}", "42\n"),
        (f"{BEGIN}red, [1]{END}", "red, [1]"),
        (f"{BEGIN}[500, 300]{END} or {BEGIN}[4, 3, 2, 1]{END}", "[500, 300] or [4, 3, 2, 1]"),
        (f"{BEGIN}{END}", ""),
        (f"write `{BEGIN}`", f"write `{BEGIN}`"),
    ],
)
@pytest.mark.parametrize("is_active", [True, False])
def test_box_tokens_go_and_what_is_no_box_in_them_stays(text: str, shown: str, is_active: bool) -> None:
    for size in range(1, len(text) + 1):
        assert point(text, size, is_active=is_active)[0] == shown


def test_between_box_tokens_four_numbers_are_a_box_however_small() -> None:
    shown, pointing = point(f"{BEGIN}[1, 2, 3, 4]{END} but not [1, 2, 3, 4]")
    assert shown == "① but not [1, 2, 3, 4]"
    assert boxes(pointing) == [(1, 2, 3, 4)]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_without_pictures_numbers_stay(spelling: str) -> None:
    text = f"The leak is at {spelling}."
    shown, pointing = point(text, 3, is_active=False)
    assert shown == text.replace(BEGIN, "").replace(END, "")
    assert not pointing.marks


@pytest.mark.parametrize("fence", ["{}", "```json\n{}\n```", "```JSON\n{}```", "```\n{}\n```", "~~~json\n{}\n~~~"])
def test_labelled_boxes_become_a_legend(fence: str) -> None:
    text = f"I see:\n{fence.replace('{}', CARS)}\nThat is all."
    for size in range(1, len(text) + 1):
        shown, pointing = point(text, size)
        assert shown == "I see:\n① car-1\n② car-2\nThat is all."
        assert pointing.legend == {1: "car-1", 2: "car-2"}
        assert [mark.label for mark in pointing.marks] == ["car-1", "car-2"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"Two: {CARS} there.", "Two: \n① car-1\n② car-2\nthere."),
        (f"{BEGIN}```json\n{CARS}\n```{END}", "① car-1\n② car-2"),
        (f"So: {BEGIN}```json\n{CARS}\n```{END} yes", "So: \n① car-1\n② car-2\nyes"),
        ('The cat {"text": "cat", "box": [1, 2, 3, 4]}sits.', "The cat ① cat sits."),
        ('{"label": "a", "box": [1,2,3,4]},\n{"name": "b\\nc", "box": [5,6,7,8]}\n', "① a\n② b c\n"),
        ("```json\n[[10,20,300,400],[1,2,300,400]]\n```", "① ②"),
        ("At[[10,20,300,400]]and [[1,2,300,400]][[5,5,10,10]].", "At ① and ② ③."),
        ("漏水在[[10,20,300,400]]处。", "漏水在 ① 处。"),
        ("- **Door** ([10,20,300,400])\n- [1,2,300,400]: tap", "- **Door** ①\n- ②: tap"),
        ("[[10,20,300,400]] and again [10,20,300,400]", "① and again ①"),
        ('Cat [10,20,300,400]\n{"label": "cat", "bbox": [10,20,300,400]}', "Cat ①\n① cat"),
    ],
)
def test_the_text_around_marks_reads_on(text: str, shown: str) -> None:
    for size in range(1, len(text) + 1):
        assert point(text, size)[0] == shown


@pytest.mark.parametrize("key", ["label", "name", "object", "category", "description", "目标"])
def test_a_name_is_never_lost_whatever_its_key(key: str) -> None:
    shown, pointing = point(f'[{{"id": 7, "{key}": "tap", "bbox_2d": [12, 300, 450, 600]}}]')
    assert shown == "① tap"
    assert pointing.legend == {1: "tap"}


def test_the_same_place_said_twice_is_drawn_once_with_its_label() -> None:
    _, pointing = point('Cat [10,20,300,400]\n{"label": "cat", "bbox": [10,20,300,400]}')
    assert pointing.marks == (Mark("box", (10, 20, 300, 400), "cat", 1),)


@pytest.mark.parametrize(
    "spelling",
    [
        "[10, 20, 1300, 400]",
        "[[1200, 1100, 1500, 1900]]",
        "[1200, 1100, 1500, 1900]",
        "(1200, 100, 1500, 1800)",
        "(1200, 100), (1500, 1800)",
        "<1200, 1100, 1500, 1900>",
        f"{BEGIN}(1200, 1100, 1500, 1900){END}",
        "<bbox>10, 20, 1300, 400</bbox>",
        '{"bbox_2d": [1200, 1100, 1500, 1900]}',
        '{"bbox_2d": [-5, 20, 300, 400]}',
        '{"bbox_2d": [0.12, 0.3, 0.45, 0.6]}',
    ],
)
def test_pixels_are_hidden_and_not_drawn(spelling: str) -> None:
    text = f"It is at {spelling}."
    for size in range(1, len(text) + 1):
        shown, pointing = point(text, size)
        assert shown == "It is at ①."
        assert pointing.has_pixels
        assert pointing.marks == ()


def test_the_second_answer_is_read_whatever_it_is_wrapped_in() -> None:
    assert parse_marks(f"Sure:\n```json\n{CARS}\n```") == (
        Mark("box", (10, 20, 300, 400), "car-1", 1),
        Mark("box", (1, 2, 3, 4), "car-2", 2),
    )
    assert [mark.box for mark in parse_marks("[[1, 2, 3, 4]]")] == [(1, 2, 3, 4)]
    assert parse_marks("[[1, 2, 3, 4], [10, 20, 1300, 400]]") == ()
    assert parse_marks("I can't.") == ()
    assert parse_marks(ASK_AGAIN) == ()


@pytest.mark.parametrize("fence", ["", "```json\n"])
def test_the_complete_objects_of_a_cut_list_count(fence: str) -> None:
    text = fence + CARS[:60]
    for size in range(1, len(text) + 1):
        shown, pointing = point(text, size)
        assert shown == "① car-1"
        assert boxes(pointing) == [(10, 20, 300, 400)]


def test_text_is_let_go_as_soon_as_it_can_be_no_mark() -> None:
    pointing = BoxFilter()
    assert pointing.feed("see [") == "see "
    assert pointing.feed("the docs](") == "[the docs]"
    assert pointing.feed("h") == "(h"
    assert pointing.feed(" [1") == " "
    assert pointing.feed("]") == "[1]"
    assert pointing.feed(" (10, 20)") == " "
    assert pointing.feed(" a") == "(10, 20) a"
    assert pointing.feed("\n```js") == "\n"
    assert pointing.feed("x") == "```jsx"


@pytest.mark.parametrize("endless", ["[" + "[1,2,3]," * 2_000, '{"' + "a" * 9_000, '{"box": "' + "a" * 60_000])
def test_a_candidate_without_end_becomes_text(endless: str) -> None:
    pointing = BoxFilter()
    shown = [pointing.feed(endless[at : at + 500]) for at in range(0, len(endless), 500)]
    assert sum(map(len, shown)) > len(endless) - 24_600
    assert "".join(shown) + pointing.end() == endless


def test_a_list_of_many_boxes_is_one_list() -> None:
    items = ",\n".join(f'{{"label": "tap {n}", "bbox_2d": [{n}, 20, {n + 50}, 400]}}' for n in range(200))
    shown, pointing = point(f"[\n{items}\n]", 4)
    assert len(pointing.marks) == 200
    assert shown.splitlines()[20:21] == ["(21) tap 20"]
    assert "{" not in shown


def test_signs() -> None:
    assert [sign(number) for number in (1, 20, 21)] == ["①", "⑳", "(21)"]


WORDS = st.sampled_from(
    [
        *("[", "]", "(", ")", "{", "}", "<", ">", ",", " ", "\n", "`", "```", "```json\n", "~~~", "a", "7", "-", "，"),
        *("=", "$", "\\(", "\\]", "!", "(https:", "(ab", "matrix", "point", "[[10,20],[30,40]]", "×"),
        *(
            "10,20,300,400",
            "1200",
            "10, 20",
            "1.5",
            ".",
            '"',
            "'",
            "\\",
            '"label": "x"',
            '"bbox_2d":',
            "[1, 2, 30, 40]",
        ),
        *(
            BEGIN,
            END,
            "<bbox>",
            "</bbox>",
            '{"label": "cat", "bbox_2d": [1, 2, 30, 40]}',
            "[[10,20,300,400]]",
            "(10,20)",
        ),
    ]
)


@given(st.lists(WORDS, max_size=25), st.lists(st.integers(1, 9), min_size=1, max_size=8))
def test_any_cut_gives_the_same(words: list[str], sizes: list[int]) -> None:
    text = "".join(words)
    whole, pointing = point(text)
    cut, at, turn = BoxFilter(), 0, 0
    shown = ""
    while at < len(text):
        size = sizes[turn % len(sizes)]
        shown += cut.feed(text[at : at + size])
        at, turn = at + size, turn + 1
    assert (shown + cut.end(), cut.marks, cut.legend, cut.has_pixels) == (
        whole,
        pointing.marks,
        pointing.legend,
        pointing.has_pixels,
    )


@given(st.text(alphabet=st.characters(exclude_characters="[({<（`~")))
def test_text_without_marks_is_untouched(text: str) -> None:
    assert point(text, 2)[0] == text


def test_an_ordinary_chunk_costs_next_to_nothing() -> None:
    pointing, chunks = BoxFilter(), [" the", " quick", " brown", " fox,", "\n"] * 2_000
    steps = 0

    def count(*_: object) -> None:
        nonlocal steps
        steps += 1

    sys.setprofile(count)
    for chunk in chunks:
        pointing.feed(chunk)
    sys.setprofile(None)
    assert steps / len(chunks) < 20  # calls and returns
