"""When Socket Mode counts as down, by a clock of the test's own."""

from bot.playground.workspace.clock import ManualClock
from bot.slack.socket_health import PATIENCE_S, SocketHealth


class Socket:
    def __init__(self) -> None:
        self.is_up = False
        self.clock = ManualClock()
        self.health = SocketHealth(self.connected, self.clock.now)

    async def connected(self) -> bool:
        return self.is_up


async def test_it_is_not_well_before_it_was_ever_connected() -> None:
    socket = Socket()
    assert not await socket.health.is_well()
    socket.is_up = True
    assert await socket.health.is_well()


async def test_a_renewal_is_no_trouble_and_a_minute_is() -> None:
    socket = Socket()
    socket.is_up = True
    await socket.health.look()
    socket.clock.advance(10_000)
    socket.is_up = False
    assert await socket.health.is_well()
    socket.clock.advance(PATIENCE_S - 1)
    assert await socket.health.is_well()
    assert socket.health.down_s() == PATIENCE_S - 1
    socket.clock.advance(1)
    assert not await socket.health.is_well()


async def test_it_is_well_again_at_once_and_counts_anew() -> None:
    socket = Socket()
    for is_up in (True, False):
        socket.is_up = is_up
        await socket.health.look()
    socket.clock.advance(1_000)
    assert not await socket.health.is_well()
    socket.is_up = True
    assert await socket.health.is_well()
    assert socket.health.down_s() == 0
    socket.is_up = False
    assert await socket.health.is_well()
