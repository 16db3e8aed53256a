"""The names of everything kept in Redis (design §5). Keys of one thread share a hash tag."""

from dataclasses import dataclass

from bot.core.inbound import ThreadId

DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class Keys:
    namespace: str = "glm"

    def seen(self, thread: ThreadId, ts: str) -> str:
        return f"{self.namespace}:seen:{thread.team}:{thread.channel}:{ts}"

    def inbox(self, thread: ThreadId) -> str:
        return f"{self.namespace}:inbox:{{{thread}}}"

    def thread(self, thread: ThreadId) -> str:
        return f"{self.namespace}:thread:{{{thread}}}"

    def turn(self, thread: ThreadId) -> str:
        return f"{self.namespace}:turn:{{{thread}}}"

    @property
    def waiting(self) -> str:
        """Threads with messages in their inbox, scored by the time the oldest came in."""
        return f"{self.namespace}:waiting"

    @property
    def nudges(self) -> str:
        """The pub/sub channel between processes."""
        return f"{self.namespace}:nudges"

    def blob(self, team: str, sha256: str, variant: str) -> str:
        return f"{self.namespace}:blob:{team}:{sha256}:{variant}"

    def file(self, team: str, file_id: str) -> str:
        return f"{self.namespace}:blob:{team}:file:{file_id}"

    @property
    def blob_sizes(self) -> str:
        return f"{self.namespace}:blobs:sizes"

    @property
    def blob_uses(self) -> str:
        return f"{self.namespace}:blobs:uses"
