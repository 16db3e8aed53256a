from bot.glm.breaker import Breaker
from bot.playground.workspace.clock import ManualClock


def test_five_in_a_row_open_it_and_one_probe_closes_it() -> None:
    clock = ManualClock()
    breaker = Breaker(clock.now)
    for _ in range(4):
        breaker.failed()
    breaker.succeeded()
    for _ in range(5):
        assert not breaker.admit()
        breaker.failed()
    assert breaker.rests_s == 20.0
    clock.advance(20.0)
    assert breaker.rests_s == 0.0
    probing = [breaker.is_resting, breaker.admit(), breaker.is_resting]
    assert probing == [False, True, True]  # only one at a time tries
    breaker.succeeded()
    breaker.left()
    assert not breaker.is_open
    assert not breaker.admit()


def test_a_failed_probe_means_another_rest_and_a_cancelled_one_another_probe() -> None:
    clock = ManualClock()
    breaker = Breaker(clock.now, failures=1)
    breaker.failed()
    clock.advance(20.0)
    assert breaker.admit()
    breaker.failed()
    breaker.left()
    assert breaker.rests_s == 20.0
    clock.advance(20.0)
    assert breaker.admit()
    breaker.left()
    assert breaker.admit()


def test_answers_that_begin_and_break_open_it_as_well() -> None:
    clock = ManualClock()
    breaker = Breaker(clock.now, failures=2)
    for _ in range(2):
        breaker.admit()
        breaker.answered()
        breaker.failed()
    assert breaker.rests_s == 20.0
    clock.advance(20.0)
    breaker.admit()
    breaker.answered()  # it is back: nobody has to wait for the end of the answer
    assert not breaker.is_open
