"""Requests made wrong: each field in turn, several at once by a seed, and the bytes themselves."""

import copy
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from bot.playground.app.deliveries import encode
from tests.fuzz.seeds import Seed, seeds

Path = tuple[str | int, ...]
JSON, FORM = "application/json", "application/x-www-form-urlencoded"
GONE = object()


class Raw(str):
    """Stands in the JSON as it is, between no quotes."""

    __slots__ = ()


DEEP = Raw("[" * 200 + "]" * 200)
WRONG: tuple[Any, ...] = (
    GONE,
    None,
    "",
    "x",
    "1:2",
    "a\x00b\nc\x1b[31m",
    "\ud800",
    "x" * 5_000,
    True,
    0,
    -1,
    10**30,
    1.5,
    Raw("1e999"),
    [],
    [1, None, "x", [], {}],
    {},
    {"a": {"b": 1}},
    DEEP,
)


BYTES = (b"", b"\x00", b"\xff", b"[", b'"', b"}", b"&", b"%")


@dataclass(frozen=True, slots=True)
class Request:
    name: str
    body: bytes
    content_type: str


def systematic() -> Iterator[Request]:
    """Every field of every seed, with every wrong value."""
    for seed in seeds():
        for path in paths(seed.body):
            for wrong in WRONG:
                yield _request(f"{seed.name} {_shown(path)} {_told(wrong)}", seed, [(path, wrong)])


def random_ones(seed_number: int) -> Iterator[Request]:
    """For ever: two to six fields of a seed wrong at once, or bytes of it."""
    chance = random.Random(seed_number)
    known = seeds()
    while True:
        seed = chance.choice(known)
        places = paths(seed.body)
        changes = [(chance.choice(places), chance.choice(WRONG)) for _ in range(chance.randint(2, 6))]
        request = _request(f"{seed.name} " + ", ".join(_shown(path) for path, _ in changes), seed, changes)
        yield _bytes_wrong(request, chance) if chance.random() < 0.25 else request


def raw_ones() -> Iterator[Request]:
    """What is no payload at all, or one in the wrong envelope."""
    deep, open_ended = b"[" * 20_000, b"[" * 20_000 + b"]" * 20_000
    nested = b'{"type": "event_callback", "event": ' + open_ended + b"}"
    bodies = {
        "nothing": b"",
        "no JSON": b"not-json",
        "a number": b"1",
        "null": b"null",
        "NaN": b'{"type": NaN}',
        "open": deep,
        "deep": open_ended,
        "nested": nested,
        "deep keys": b'{"a":' * 20_000 + b"1" + b"}" * 20_000,
        "long number": b'{"type": ' + b"9" * 6_000 + b"}",
        "no UTF-8": b'{"type": "\xff\xfe"}',
        "utf-16": '{"type": "event_callback"}'.encode("utf-16"),
        "byte order mark": b"\xef\xbb\xbf" + b'{"type": "event_callback"}',
        "twice the same key": b'{"type": "x", "type": "event_callback", "event": {}, "event": null}',
        "percent": b"payload=%ff%fe",
        "half a percent": b"payload=%",
        "payload no JSON": b"payload=not-json",
        "payload empty": b"payload=",
        "payload null": b"payload=null",
        "payload list": b"payload=%5B%5D",
        "payload twice": b"payload=1&payload=%7B%7D",
        "payload deep": b"payload=" + open_ended,
        "payload word": b"command=/glm&text=payload",
        "many fields": b"&".join(b"a%d=1" % number for number in range(20_000)),
        "separators": b"&&&===&&",
    }
    types = (JSON, FORM, "", "text/plain", "application/json; charset=utf-16", "application/json; charset=nonsense")
    for name, body in bodies.items():
        for content_type in types:
            yield Request(f"{name} as {content_type}", body, content_type)
    for seed in seeds():
        body, content_type = encode(seed.kind, seed.body)
        yield Request(f"{seed.name} mixed up", body, FORM if content_type == JSON else JSON)


def each_spoiled(value: Any) -> Iterator[tuple[str, str]]:
    """A name and JSON with one field wrong, for each field and each wrong value."""
    for path in paths(value):
        for wrong in WRONG:
            changed = copy.deepcopy(value)
            _change(changed, path, wrong)
            yield f"{_shown(path)} {_told(wrong)}", _dumped(changed)


def spoiled(value: Any, chance: random.Random) -> str:
    """JSON with one to four fields wrong."""
    places = paths(value)
    for _ in range(chance.randint(1, 4)):
        _change(value, chance.choice(places), chance.choice(WRONG))
    return _dumped(value)


def good(seed: Seed) -> Request:
    return _request(seed.name, seed, [])


def _request(name: str, seed: Seed, changes: list[tuple[Path, Any]]) -> Request:
    body = copy.deepcopy(seed.body)
    for path, wrong in changes:
        _change(body, path, wrong)
    if seed.kind == "slash_commands":
        fields = {key: value if isinstance(value, str) else _dumped(value) for key, value in body.items()}
        return Request(name, urlencode(fields, errors="surrogatepass").encode(), FORM)
    text = _dumped(body)
    return Request(
        name, text.encode() if seed.kind == "events_api" else urlencode({"payload": text}).encode(), _type(seed)
    )


def _type(seed: Seed) -> str:
    return JSON if seed.kind == "events_api" else FORM


def _change(body: Any, path: Path, wrong: Any) -> None:
    """Where an earlier change took the place away, nothing happens."""
    for step in path[:-1]:
        try:
            body = body[step]
        except (KeyError, IndexError, TypeError):
            return
    last = path[-1]
    if isinstance(body, dict) and isinstance(last, str):
        if wrong is GONE:
            body.pop(last, None)
        else:
            body[last] = copy.deepcopy(wrong)
    elif isinstance(body, list) and isinstance(last, int) and last < len(body):
        if wrong is GONE:
            del body[last]
        else:
            body[last] = copy.deepcopy(wrong)


def _dumped(value: Any) -> str:
    """JSON, with what stands in it raw."""
    raw: list[str] = []

    def marked(one: Any) -> Any:
        if isinstance(one, Raw):
            raw.append(str(one))
            return f"@raw{len(raw) - 1}@"
        if isinstance(one, dict):
            return {key: marked(inner) for key, inner in one.items()}
        return [marked(inner) for inner in one] if isinstance(one, list) else one

    text = json.dumps(marked(value))
    for number, words in enumerate(raw):
        text = text.replace(f'"@raw{number}@"', words)
    return text


def _bytes_wrong(request: Request, chance: random.Random) -> Request:
    body = bytearray(request.body)
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(len(body) or 1)
        body[place : place + chance.randint(0, 3)] = chance.choice(BYTES)
    return Request(f"{request.name} (bytes)", bytes(body), request.content_type)


def paths(value: Any, at: Path = ()) -> list[Path]:
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found: list[Path] = []
    for step, inner in steps:
        found += [(*at, step), *paths(inner, (*at, step))]
    return found


def _shown(path: Path) -> str:
    return ".".join(str(step) for step in path)


def _told(wrong: Any) -> str:
    return "gone" if wrong is GONE else repr(wrong)[:24]
