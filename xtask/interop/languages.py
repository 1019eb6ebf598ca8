"""Builds the client of a language in a folder under target/, and calls its driver."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import threading
from pathlib import Path
from subprocess import DEVNULL, PIPE, STDOUT

import pytest

HERE = Path(__file__).parent


def skip_without_programs(script):
    for name, package in re.findall(r"^# Needs (\S+) of (\S+)$", script, re.M):
        if shutil.which(name) is None and not Path(name).is_file():
            pytest.skip(f"{name} is missing: apt-get install {package}")


def build(language, target, document, cases):
    """Runs build.sh in a copy of the language's folder, unless that was done with the same input."""
    source, folder = HERE / language.lower(), target / language.lower()
    skip_without_programs((source / "build.sh").read_text())
    cases = json.dumps([vars(case) for case in cases])
    digest = hashlib.sha256(cases.encode())
    for file in [document, *folder.glob("installed"), *sorted(source.rglob("*"))]:
        digest.update(file.read_bytes() if file.is_file() else b"")
    mark = folder / "built"
    # Cargo detects changes itself.
    if language != "Rust" and mark.exists() and mark.read_text() == digest.hexdigest():
        return Driver(folder)
    mark.unlink(missing_ok=True)
    for made in "client", "classes":
        shutil.rmtree(folder / made, ignore_errors=True)
    shutil.copytree(source, folder, dirs_exist_ok=True)
    (folder / "cases.json").write_text(cases)
    environment = os.environ | {"DOCUMENT": str(document), "ROOT": str(HERE.parent.parent)}
    pipes = {"stdin": DEVNULL, "stdout": PIPE, "stderr": STDOUT}
    step = subprocess.run(["sh", "-eu", "build.sh"], cwd=folder, env=environment, text=True, **pipes)
    if step.returncode:
        pytest.fail(f"build.sh: exit status {step.returncode}\n{step.stdout[-2000:]}", pytrace=False)
    mark.write_text(digest.hexdigest())
    return Driver(folder)


class Driver:
    """The process that makes the calls: it reads one per line, and writes one response per line."""

    def __init__(self, folder):
        self.folder, self.process = folder, None

    def call(self, call):
        log = self.folder / "driver.log"
        if self.process is None:
            pipes = {"stdin": PIPE, "stdout": PIPE, "stderr": log.open("w")}
            self.process = subprocess.Popen(["sh", "run.sh"], cwd=self.folder, text=True, **pipes)
        timer = threading.Timer(60, self.process.kill)
        timer.start()
        try:
            print(json.dumps(call), file=self.process.stdin, flush=True)
            return json.loads(self.process.stdout.readline())
        except (OSError, ValueError):
            # A driver exits when a call fails; the next call starts another.
            self.close()
            raise ChildProcessError(log.read_text()[-2000:].strip() or "no response") from None
        finally:
            timer.cancel()

    def close(self):
        if self.process is not None:
            self.process.kill()
            self.process.communicate()
            self.process = None
