"""Runs the Dockerfile's commands in Debian trees, where there is no Docker, and starts what they make.

    sudo python3 scripts/try_dockerfile.py FOLDER

FOLDER is for the trees (3 GB, kept for the next run). A tree made by debootstrap, with Python under the names that the
official image has, stands for `python:3.13-slim-trixie`. What this does not try: the images' layers, the official base
image itself, Docker's network and its health check's clock.
"""

import re
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parent.parent
BASE_PACKAGES = "python3,python3-venv,python3-pip,ca-certificates"
START_S = 120.0
INSTRUCTION = re.compile(r"([A-Z]+)\s+(.*)", re.DOTALL)


@dataclass
class Stage:
    """One FROM: its tree, and what holds for the commands after it."""

    tree: Path
    env: dict[str, str] = field(default_factory=dict)
    folder: str = "/"
    user: str = "root"
    command: str = ""

    def run(self, command: str, *, env: dict[str, str] | None = None) -> subprocess.Popen[bytes]:
        """Start `sh -c command` inside, as the stage's user."""
        words = [f"{name}={value}" for name, value in {**self.env, **(env or {})}.items()]
        user = [] if self.user == "root" else [f"--userspec={self.user}"]
        home = "/root" if self.user == "root" else f"/home/{self.user}"
        inside = ["env", "-i", f"HOME={home}", *words, "sh", "-c", f"cd {self.folder} && {command}"]
        return subprocess.Popen(["chroot", *user, str(self.tree), *inside])


def main(folder: Path) -> int:
    base = base_tree(folder)
    stages: dict[str, Stage] = {}
    stage = Stage(base)
    arguments: dict[str, str] = {}
    for name, rest in instructions((ROOT / "Dockerfile").read_text()):
        print(f"--- {name} {rest}", flush=True)
        if name == "FROM":
            stage = Stage(new_tree(base, folder / f"stage{len(stages)}"), dict(first_environment()))
            stages[rest.split(" AS ")[-1]] = stage
        elif name == "ARG":
            key, _, value = rest.partition("=")
            arguments[key] = value.strip('"')
        else:
            follow(stage, name, rest, arguments, stages)
    return try_out(stage)


def instructions(text: str) -> list[tuple[str, str]]:
    lines = re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE).replace("\\\n", " ").splitlines()
    found = [INSTRUCTION.fullmatch(line.strip()) for line in lines if line.strip()]
    return [(match[1], " ".join(match[2].split())) for match in found if match]


def follow(stage: Stage, name: str, rest: str, arguments: dict[str, str], stages: dict[str, Stage]) -> None:
    if name == "ENV":
        pairs = re.findall(r"(\w+)=(\S+)", rest)
        stage.env |= {key: value.replace("$PATH", stage.env["PATH"]) for key, value in pairs}
    elif name == "RUN":
        if stage.run(rest, env=arguments).wait():
            raise SystemExit(f"failed: {rest}")
    elif name == "COPY":
        copy(stage, rest, stages)
    elif name == "WORKDIR":
        stage.folder = rest
        (stage.tree / rest.lstrip("/")).mkdir(parents=True, exist_ok=True)
    elif name == "USER":
        stage.user = rest
    elif name == "CMD":
        stage.command = " ".join(re.findall(r'"([^"]+)"', rest))


def copy(stage: Stage, rest: str, stages: dict[str, Stage]) -> None:
    *sources, target = rest.split()
    place = stage.tree / (target if target.startswith("/") else f"{stage.folder}/{target}").lstrip("/")
    if sources[0].startswith("--from="):
        origin = stages[sources[0].removeprefix("--from=")].tree / sources[1].lstrip("/")
        shutil.copytree(origin, place, symlinks=True, dirs_exist_ok=True)
        return
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *sources],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout.splitlines()  # fmt: skip
    for path in listed:
        is_one_file = len(sources) == 1 and sources[0] == path
        to = place if is_one_file else place / path
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / path, to)


def base_tree(folder: Path) -> Path:
    tree = folder / "base"
    if not (tree / "usr/local/bin/pip").exists():
        shutil.rmtree(tree, ignore_errors=True)
        command = ["debootstrap", "--variant=minbase", f"--include={BASE_PACKAGES}", "trixie", str(tree)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        for name, program in {"python": "python3", "pip": "pip3"}.items():
            (tree / "usr/local/bin" / name).symlink_to(f"/usr/bin/{program}")
        for marker in tree.glob("usr/lib/python3*/EXTERNALLY-MANAGED"):
            marker.unlink()
    return tree


def new_tree(base: Path, tree: Path) -> Path:
    release(tree)
    shutil.rmtree(tree, ignore_errors=True)
    subprocess.run(["cp", "-a", str(base), str(tree)], check=True)
    shutil.copyfile("/etc/resolv.conf", tree / "etc/resolv.conf")
    subprocess.run(["mount", "-t", "proc", "proc", str(tree / "proc")], check=True)
    subprocess.run(["mount", "--rbind", "/dev", str(tree / "dev")], check=True)
    # This machine's own certificates, for a network behind a proxy of its own.
    shutil.copyfile("/etc/ssl/certs/ca-certificates.crt", tree / "etc/ssl/certs/ca-certificates.crt")
    return tree


def release(tree: Path) -> None:
    for name in ("proc", "dev"):
        subprocess.run(["umount", "-l", str(tree / name)], check=False, stderr=subprocess.DEVNULL)


def first_environment() -> dict[str, str]:
    certificates = "/etc/ssl/certs/ca-certificates.crt"
    path = "/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin"
    return {"PATH": path, "LANG": "C.UTF-8", "SSL_CERT_FILE": certificates, "PIP_CERT": certificates}


def try_out(stage: Stage) -> int:
    """Start the image's command, which without tokens is the playground, and ask for its health and its tools."""
    size = subprocess.run(["du", "-smx", str(stage.tree)], check=True, capture_output=True, text=True).stdout.split()[0]
    print(f"=== the tree has {size} MB; starting: {stage.command}", flush=True)
    bot = stage.run(f"exec {stage.command}")
    try:
        limit = time.monotonic() + START_S
        while stage.run("python -m bot health 2>/dev/null").wait():
            if bot.poll() is not None or time.monotonic() > limit:
                raise SystemExit("the bot does not answer")
            time.sleep(0.5)
        print("=== alive, as its user:", flush=True)
        stage.run("id; cat /proc/1/comm; python -m bot doctor").wait()
    finally:
        bot.terminate()
        code = bot.wait(60)
    print(f"=== ended with {code} after SIGTERM", flush=True)
    return code


if __name__ == "__main__":
    place = Path(sys.argv[1]).resolve()
    place.mkdir(parents=True, exist_ok=True)
    try:
        sys.exit(main(place))
    finally:
        for stage_tree in place.glob("stage*"):
            release(stage_tree)
