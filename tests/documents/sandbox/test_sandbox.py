import asyncio
import os
import pickle
import resource
import signal
import sys
from pathlib import Path

import pytest

from bot import errors
from bot.core.agent.ports import ToolContext
from bot.documents.sandbox.sandbox import Sandbox
from bot.documents.worker_functions import Named
from tests.checks import PATIENCE_S
from tests.documents import pure
from tests.pids import is_alive

MB = 1024 * 1024


async def until_gone(pid: int) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while is_alive(pid):  # noqa: ASYNC110 - a process has no event to wait for
            await asyncio.sleep(0.01)


class PairSandbox(Sandbox):
    known = (pure.Pair,)


async def test_returns_what_the_function_returns_and_keeps_the_worker() -> None:
    async with PairSandbox(workers=1) as sandbox:
        assert await sandbox.run(pure.double, 21) == 42
        assert await sandbox.run(pure.pair, 3) == pure.Pair(3, "xxx")
        assert await sandbox.run(pure.worker_pid) == await sandbox.run(pure.worker_pid) != os.getpid()


async def test_no_process_is_started_before_it_is_needed() -> None:
    async with Sandbox() as sandbox:
        assert not sandbox._alive


async def test_a_slow_function_is_killed_and_the_pool_goes_on() -> None:
    async with Sandbox(workers=1, timeout_s=1.0) as sandbox:
        pid = await sandbox.run(pure.worker_pid)
        with pytest.raises(errors.FileTooSlow):
            await sandbox.run(pure.sleep, 3600.0)
        assert not is_alive(pid)
        assert await sandbox.run(pure.double, 1) == 2


async def test_programs_a_worker_started_are_killed_with_it(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    async with Sandbox(workers=1, timeout_s=2.0, folder=tmp_path) as sandbox:
        with pytest.raises(errors.FileTooSlow):
            await sandbox.run(pure.start_program, str(note))
    await until_gone(int(note.read_text()))


async def test_a_cancelled_call_kills_its_worker() -> None:
    async with Sandbox(workers=1) as sandbox:
        pid = await sandbox.run(pure.worker_pid)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await sandbox.run(pure.sleep, 3600.0)
        assert not is_alive(pid)
        assert await sandbox.run(pure.double, 1) == 2


async def test_a_crash_is_a_broken_file_and_the_pool_recovers() -> None:
    async with Sandbox(workers=1) as sandbox:
        with pytest.raises(errors.FileBroken, match="worker died with -6") as ended:
            await sandbox.run(pure.abort)
        assert ended.value.ended_the_reader
        assert ended.value.user_message.startswith("ended my reader")
        assert await sandbox.run(pure.double, 2) == 4


async def test_a_worker_killed_by_the_system_means_too_large() -> None:
    async with Sandbox(workers=1) as sandbox:
        with pytest.raises(errors.FileTooLarge):
            await sandbox.run(pure.kill_self)


async def test_a_worker_that_died_while_resting_is_replaced() -> None:
    async with Sandbox(workers=1) as sandbox:
        pid = await sandbox.run(pure.worker_pid)
        os.kill(pid, signal.SIGKILL)
        await until_gone(pid)
        assert await sandbox.run(pure.worker_pid) != pid


async def test_memory_is_capped_in_the_worker_only() -> None:
    before = resource.getrlimit(resource.RLIMIT_AS)
    async with Sandbox(workers=1, memory_bytes=64 * MB) as sandbox:
        assert await sandbox.run(pure.take, 16 * MB) == 16 * MB
        with pytest.raises(errors.FileTooLarge):
            await sandbox.run(pure.take, 128 * MB)
        assert await sandbox.run(pure.take, 16 * MB) == 16 * MB
    assert resource.getrlimit(resource.RLIMIT_AS) == before


async def test_what_was_made_in_the_memory_there_is_can_be_sent_too() -> None:
    async with Sandbox(workers=1, memory_bytes=64 * MB) as sandbox:
        assert len(await sandbox.run(pure.letters, 40 * MB)) == 40 * MB
        with pytest.raises(errors.FileTooLarge):  # and the next call has no more than before
            await sandbox.run(pure.take, 128 * MB)


async def test_an_answer_that_no_memory_holds_is_too_large_and_not_damaged() -> None:
    async with Sandbox(workers=1, memory_bytes=300 * MB) as sandbox:
        with pytest.raises(errors.FileTooLarge):
            await sandbox.run(pure.letters, 200 * MB)


async def test_errors_of_files_cross_whole_and_other_errors_without_their_words() -> None:
    async with Sandbox(workers=1) as sandbox:
        with pytest.raises(errors.FileUnsupported) as refused:
            await sandbox.run(pure.refuse)
        assert (refused.value.detail, refused.value.user_message) == ("detail", "a kind of file for tests")
        with pytest.raises(errors.FileBroken) as broken:
            await sandbox.run(pure.fail)
        assert "ValueError" in broken.value.detail
        assert "content" not in broken.value.detail


async def test_a_refusal_with_fields_can_be_told_in_another_language_on_this_side() -> None:
    async with Sandbox(workers=1) as sandbox:
        with pytest.raises(errors.FileUnsupported) as old:
            await sandbox.run(pure.refuse_with_fields)
        assert errors.sentence(old.value).startswith("an old Word document (.doc), which this app can't open")
        assert errors.sentence(old.value, "zh").startswith("这是旧版 Word 文档（.doc），")
        with pytest.raises(errors.FileUnsupported) as unread:
            await sandbox.run(pure.refuse_a_kind)
        assert errors.sentence(unread.value, "zh").startswith("这是字体文件")


async def test_nothing_a_worker_makes_up_is_formatted() -> None:
    async with Sandbox(workers=1) as sandbox:
        with pytest.raises(errors.FileBroken) as trap:
            await sandbox.run(pure.refuse_with_a_trap)
        assert trap.value.user_message == "{0.__class__}{size:999999999}"
        with pytest.raises(errors.FileBroken) as short:
            await sandbox.run(pure.refuse_with_too_little)
        assert short.value.detail == "the worker's answer cannot be taken: KeyError"


async def test_workers_have_no_secrets_and_no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GLM_API_KEY", "a-very-secret-key")
    async with Sandbox(workers=1) as sandbox:
        environ = await sandbox.run(pure.environment)
        assert b"PATH=" in environ
        assert b"a-very-secret-key" not in environ
    async with Sandbox(workers=1, env={"LD_LIBRARY_PATH": "/opt/lib"}) as sandbox:
        assert b"LD_LIBRARY_PATH=/opt/lib" in await sandbox.run(pure.environment)


async def test_workers_do_not_reach_the_network_where_the_kernel_lets_us_say_so() -> None:
    if not await asyncio.to_thread(can_leave_network):
        pytest.skip("this kernel allows no user namespaces")
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
    async with server, Sandbox(workers=1) as sandbox:
        port = server.sockets[0].getsockname()[1]
        assert await asyncio.to_thread(pure.connects, port)
        assert not await sandbox.run(pure.connects, port)


def can_leave_network() -> bool:
    return os.spawnlp(os.P_WAIT, "unshare", "unshare", "--user", "--net", "true") == 0  # noqa: S606


async def test_workers_do_not_load_the_bot() -> None:
    async with Sandbox(workers=1) as sandbox:
        modules = await sandbox.run(pure.loaded_modules)
    assert "bot.errors" in modules
    assert not {"slack_bolt", "bot.__main__", "__mp_main__"} & set(modules)


async def test_importing_is_not_the_calls_own_time_in_a_fresh_worker_or_a_used_one() -> None:
    quick = Named("tests.documents.slow_to_import", "quick")
    async with Sandbox(workers=1, timeout_s=1.0) as sandbox:
        assert await sandbox.run(quick) == "quick"
    async with Sandbox(workers=1, timeout_s=1.0) as sandbox:
        pid = await sandbox.run(pure.worker_pid)
        assert await sandbox.run(quick) == "quick"
        assert await sandbox.run(pure.worker_pid) == pid
    assert "tests.documents.slow_to_import" not in sys.modules


async def test_a_name_that_leads_nowhere_is_an_error_of_the_call() -> None:
    async with Sandbox(workers=1) as sandbox:
        with pytest.raises(errors.FileBroken, match="nowhere"):
            await sandbox.run(Named("tests.documents.pure", "nowhere"))
        assert await sandbox.run(Named("tests.documents.pure", "double"), 2) == 4


async def test_prints_do_not_disturb() -> None:
    async with Sandbox(workers=1) as sandbox:
        assert await sandbox.run(pure.chatter) == "clean"
        assert await sandbox.run(pure.double, 2) == 4


async def test_only_plain_values_come_back() -> None:
    async with Sandbox(workers=1) as sandbox:
        with pytest.raises(errors.FileBroken):
            await sandbox.run(pure.forge)


async def test_a_class_that_is_not_known_does_not_come_back() -> None:
    async with Sandbox(workers=1) as sandbox:
        with pytest.raises(errors.FileBroken, match="'Pair' is not a value"):
            await sandbox.run(pure.pair, 3)


async def test_what_comes_back_is_what_was_given() -> None:
    async with Sandbox(workers=1) as sandbox:
        assert await sandbox.run(pure.make, "surrogate", "") == "\ud800"
        nested = await sandbox.run(pure.make, "nested", "")
        assert nested == [(1, b"ab", {"a": [None, True, 1.5]}), b"", {3: ()}]


def rewiring() -> bytes:
    """A pickle of ("ok", ToolContext), by the names of dataclasses alone. BUILD with a class as its object sets
    attributes of the class itself: here `__setattr__`, to a class that takes three arguments."""
    own = b"cbot.core.document\nOutlineEntry\n"
    reply = b"\x80\x04\x8c\x02okcbot.core.tools\nToolContext\nN}\x8c\x0b__setattr__" + own + b"s\x86b\x86."
    return framed(reply)


def framed(reply: bytes) -> bytes:
    return len(reply).to_bytes(8, "big") + reply


def told(text: bytes, blobs: bytes = b"") -> bytes:
    return framed(len(text).to_bytes(8, "big") + text + blobs)


async def test_a_worker_that_was_taken_over_does_not_reach_our_classes() -> None:
    before = ToolContext.__setattr__
    try:
        async with Sandbox(workers=1) as sandbox:
            with pytest.raises(errors.FileBroken):
                await sandbox.run(pure.say_instead, rewiring())
        assert ToolContext.__setattr__ is before
    finally:
        if ToolContext.__setattr__ is not before:
            del ToolContext.__setattr__


@pytest.mark.parametrize(
    "frame",
    [
        framed(pickle.dumps(("ok", 1))),
        framed(b""),
        (1 << 62).to_bytes(8, "big"),
        told(b"[" * 100_000 + b"]" * 100_000),
        told(b'["ok",{"ToolContext":[]}]'),
        told(b'["ok",{"Page":[1]}]'),
        told(b'["ok",{"Page":["1","text","","",[],0.0,0.0]}]'),
        told(b'["ok",{"Page":[1,"text","","",[2],0.0,0.0]}]'),
        told(b'["ok",{"Page":[1,"text","","",[],NaN,0.0]}]'),
        told(b'["ok",{"Page":{"number":1}}]'),
        told(b'["ok",{"Comparison":[1.0,[[0,0,0]],{"EncodedPicture":["image/png",{"bytes":0},1,1]}]}]'),
        told(b'["ok",{"Document":["pdf",[{"OutlineEntry":["a",1,1]}],[],[]]}]'),
        told(b'["ok",{"bytes":3}]', b"ab"),
        told(b'["ok",{"bytes":1}]', b"ab"),
        told(b'["ok",{"bytes":-1}]', b"ab"),
        told(b'["ok",{"bytes":true}]', b"a"),
        told(b'["ok",{"dict":[[["a"],1]]}]'),
        told(b'["ok",{"dict":[[{"bytes":1},1]]}]', b"a"),
        told(b'["ok",{}]'),
        told(b'["ok",{"list":7}]'),
        told(b'["ok",' + b"9" * 5000 + b"]"),
        told(b'["ok"'),
        told(b'"\xff"'),
        told(b'["file",{"list":[]},"","",{"dict":[]}]'),
        told(b'["ok"]'),
    ],
)
async def test_an_answer_that_is_none_is_a_broken_file(frame: bytes) -> None:
    async with Sandbox(workers=1) as sandbox:
        with pytest.raises(errors.FileBroken):
            await sandbox.run(pure.say_instead, frame)
        assert await sandbox.run(pure.double, 2) == 4


async def test_a_worker_that_closes_its_answers_and_lives_is_ended() -> None:
    async with Sandbox(workers=1) as sandbox:
        pid = await sandbox.run(pure.worker_pid)
        async with asyncio.timeout(PATIENCE_S):
            with pytest.raises(errors.FileBroken):
                await sandbox.run(pure.say_instead, b"")
        assert not is_alive(pid)


async def test_idle_workers_leave() -> None:
    async with Sandbox(workers=1, idle_s=0.02) as sandbox:
        pid = await sandbox.run(pure.worker_pid)
        await until_gone(pid)
        assert await sandbox.run(pure.worker_pid) != pid


async def test_closing_ends_the_workers() -> None:
    async with Sandbox(workers=1) as sandbox:
        pid = await sandbox.run(pure.worker_pid)
        assert is_alive(pid)
    assert not is_alive(pid)


async def test_calls_run_side_by_side_up_to_the_limit_and_not_on_the_event_loop(tmp_path: Path) -> None:
    async with Sandbox(workers=2, folder=tmp_path) as sandbox:
        pids = await asyncio.gather(*(sandbox.run(pure.worker_pid) for _ in range(6)))
        assert len(set(pids)) <= 2
        async with asyncio.timeout(PATIENCE_S):
            met = await asyncio.gather(*(sandbox.run(pure.meet, str(tmp_path), name) for name in ("one", "other")))
        assert len({os.getpid(), *met}) == 3


async def test_a_bot_that_never_closes_it_still_ends() -> None:
    code = (
        "import asyncio, math\nfrom bot.documents.sandbox.sandbox import Sandbox\n"
        "async def main():\n    s = Sandbox()\n    print(await s.run(math.factorial, 5))\n"
        "asyncio.run(main())\n"
    )
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE)
    async with asyncio.timeout(PATIENCE_S):
        out, _ = await process.communicate()
    assert (out.strip(), process.returncode) == (b"120", 0)
