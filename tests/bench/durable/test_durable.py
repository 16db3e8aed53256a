from bench.durable.acks import busy_s, first_signs
from bench.durable.figures import Table, printed
from bench.durable.flight import open_connections
from bench.durable.recovery import Recovery, table
from bench.durable.restart import Restart, Start, section
from bench.figures import printed as printed_section
from bot.playground.app.arguments import Args
from bot.playground.app.installation import Call


def _call(method: str, at_s: float, error: str = "", **args: str) -> Call:
    return Call(method, Args(dict(args)), at_s, 200, error)


def test_a_sign_is_the_first_thing_a_person_sees_of_the_start() -> None:
    calls = [
        _call("assistant.threads.setStatus", 1.0, thread_ts="1", status="is busy; yours is next…"),
        _call("chat.startStream", 2.0, "ratelimited", thread_ts="1"),
        _call("conversations.replies", 3.0, thread_ts="1"),
        _call("assistant.threads.setStatus", 4.0, thread_ts="1", status="is thinking…"),
        _call("chat.startStream", 5.0, thread_ts="1"),
        _call("chat.postMessage", 6.0, thread_ts="2"),
    ]
    assert first_signs(calls) == {"1": 4.0, "2": 6.0}


def test_the_machine_is_busy_when_it_is_neither_idle_nor_waiting() -> None:
    before, after = "cpu  100 0 50 900 30 0 5 1 7 0\ncpu0 1", "cpu  200 0 100 999 99 0 5 1 77 0\ncpu0 1"
    assert round((busy_s(after) - busy_s(before)) * 100) == 150


def test_only_live_connections_to_the_port_count() -> None:
    lines = [
        "0: 0100007F:1F90 0100007F:A000 01 00000000:00000000",
        "1: 0100007F:A000 0100007F:1F90 01 00000000:00000000",
        "2: 0100007F:A001 0100007F:1F90 06 00000000:00000000",
    ]
    assert open_connections(lines, 8080) == 1


def test_recoveries_show_the_median_and_the_worst() -> None:
    found = [
        Recovery(9.0, 19.0, is_right=True),
        Recovery(8.0, 20.0, is_right=True),
        Recovery(12.0, 30.0, is_right=False),
    ]
    lines = table(found, "how").lines
    assert [line[1:] for line in lines] == [("9 s", "12 s"), ("20 s", "30 s"), ("12 s", "18 s"), ("2 of 3", "")]


def test_a_table_of_any_width_lines_up() -> None:
    title, how, head, line = printed(Table("Title", "how", ("", "one", "two"), (("name", "10 ms", "3"),))).splitlines()
    assert (title, how) == ("Title", "  (how)")
    assert head.index("one") + 3 == line.index("10 ms") + 5
    assert len(head) == len(line)


def test_a_restart_stands_beside_the_other_bot_s_start() -> None:
    restarts = [Restart(Start(1.0, 0.5), Start(2.0, 0.6), 3.0, is_right=True)]
    found = section(restarts, [Recovery(1.0, 4.0, is_right=False)], [Start(4.0, 1.0)], "how")
    text = printed_section(found)
    assert "0.25  ≤ 1.5 s" in text
    assert "1 of 2" in text
