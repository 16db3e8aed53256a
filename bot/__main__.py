"""The command line: `python -m bot [web|worker|playground|doctor|health|retry|manifest|read]`."""

import argparse
import asyncio
import gc
import json
import sys
from collections.abc import Callable, Coroutine
from typing import Any

from bot.errors import BotError, SettingsInvalid
from bot.log import set_up_logging
from bot.settings import Settings, load_settings
from bot.unreadable import become_unreadable, forget_secrets

COMMANDS = {
    "run": "everything in one process (the default); without Slack tokens: the playground",
    "playground": "the bot against a local Slack in the browser",
    "web": "receive from Slack and enqueue",
    "worker": "do the jobs",
    "doctor": "check the set-up and say what to do",
    "health": "ask the bot on this machine whether it is alive",
    "retry": "run messages again that were set aside",
    "manifest": "print the Slack app manifest",
    "read": "show what the model would see of a file",
}
BAD_SETTINGS = 2
REPLACE = """\
Replace {placeholder} by the host at which Slack reaches the bot, in every place, or give it here:
  python -m bot manifest --host bot.example.com
For a machine without a public address: python -m bot manifest --socket-mode"""


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bot", description="GLM-4.6V in Slack")
    commands = parser.add_subparsers(dest="command", metavar="command")
    for name, text in COMMANDS.items():
        commands.add_parser(name, help=text, description=text)
    _add_manifest_arguments(commands.choices["manifest"])
    _add_read_arguments(commands.choices["read"])
    commands.choices["retry"].add_argument("reference", help="as doctor and the answer in the thread name it")
    chosen = parser.parse_args(arguments)
    if chosen.command == "read":
        from bot.read import read_file  # noqa: PLC0415

        return read_file(chosen.file, as_json=chosen.json, images=chosen.images)
    try:
        if chosen.command == "manifest":
            return _print_manifest(chosen.host, socket_mode=chosen.socket_mode)
        settings = load_settings()
        if chosen.command == "health":
            return _ask_health(settings)
        forget_secrets()
        become_unreadable()
        set_up_logging(settings.log_level, settings.log_format)
        command = imported(chosen, settings)
        return asyncio.run(command(settings))
    except SettingsInvalid as error:
        print("The settings need a correction:", *error.problems, sep="\n  ", file=sys.stderr)
        return BAD_SETTINGS
    except BotError as error:
        print(error.detail, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


Command = Callable[[Settings], Coroutine[Any, Any, int]]


def imported(chosen: argparse.Namespace, settings: Settings) -> Command:
    """Import a command. What is imported stays, so the garbage collector never looks through it: a fifth of a start."""
    gc.disable()
    try:
        return _command(chosen, settings)
    finally:
        gc.freeze()
        gc.enable()


def _command(chosen: argparse.Namespace, settings: Settings) -> Command:
    """Import only what the command needs: `manifest` and a wrong setting answer at once, and no bot loads the
    playground.
    """
    name = chosen.command or ("run" if settings.has_slack else "playground")
    if name == "playground":
        from bot import play  # noqa: PLC0415

        return play.run_playground
    if name in {"doctor", "retry"}:
        from bot import doctor  # noqa: PLC0415

        return doctor.examine if name == "doctor" else lambda loaded: doctor.run_again(loaded, chosen.reference)
    from bot import processes  # noqa: PLC0415

    return {"run": processes.run_all, "web": processes.run_web, "worker": processes.run_worker_only}[name]


def _add_read_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("file", metavar="FILE")
    command.add_argument("--json", action="store_true", help="one JSON object")
    command.add_argument("--images", action="store_true", help="with the pictures' bytes in the JSON, as base64")


def _add_manifest_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("--host", metavar="HOST", help="where Slack reaches the bot, such as bot.example.com")
    command.add_argument("--socket-mode", action="store_true", help="for Socket Mode, which needs no address")


def _ask_health(settings: Settings) -> int:
    from bot.web.probe import probe  # noqa: PLC0415

    problem = probe(settings.health_port or settings.port)
    if problem:
        print(problem, file=sys.stderr)
    return int(bool(problem))


def _print_manifest(host: str | None, *, socket_mode: bool) -> int:
    from bot.slack.manifest import PLACEHOLDER, manifest  # noqa: PLC0415

    print(json.dumps(manifest(host or PLACEHOLDER, socket_mode=socket_mode), indent=2))
    if not host and not socket_mode:
        print(REPLACE.format(placeholder=PLACEHOLDER), file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
