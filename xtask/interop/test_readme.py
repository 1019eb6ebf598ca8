"""The first call of each language in the README of the published files, from an empty folder."""

import os
import re
import socket
import subprocess
import time

import pytest

import languages

PORT = "4010"
# A command, the name of a file with its text, or the expected output.
STEP = re.compile(r"(?:Write `(.+)`:\n\n)?```(\w+)\n(.*?)```", re.S)


def pytest_generate_tests(metafunc):
    if "language" in metafunc.fixturenames:
        names = [name for name in dict(metafunc.config.option.language) if name in sections(metafunc.config)]
        metafunc.parametrize("language", names)


def sections(config):
    readme = config.option.document.with_name("README.md").read_text()
    first, *others = readme.split("## First call")[1].split("\n## ")[0].split("\n### ")
    return {"Mock": first} | {text.split("\n")[0]: text for text in others}


def run(folder, command, bundle, target, **options):
    paths = [os.environ["PATH"], *map(str, target.glob("go/venv/bin"))]
    environment = os.environ | {"BUNDLE": str(bundle), "PATH": ":".join(paths)}
    # The versions that are installed, and no module of others.
    environment |= {"GOPROXY": "off", "GOTOOLCHAIN": "local", "GOPATH": str(folder / "go"), "GOFLAGS": "-modcacherw"}
    environment |= {"GOCACHE": str(target / "go/cache")}
    shell = ["sh", "-eu", "-c", command]
    return subprocess.Popen(shell, cwd=folder, env=environment, text=True, stdin=subprocess.DEVNULL, **options)


@pytest.fixture(scope="session")
def mock(pytestconfig, tmp_path_factory):
    """The port of the mock server, started with the commands of the README."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    option, folder = pytestconfig.option, tmp_path_factory.mktemp("mock")
    (_, _, command), *_ = STEP.findall(sections(pytestconfig)["Mock"])
    log = (folder / "log").open("w")
    command = "exec sh -eu -c '" + command.replace(PORT, port).replace("npx prism", "exec npx prism") + "'"
    server = run(folder, command, option.document.parent, option.target, stdout=log, stderr=subprocess.STDOUT)
    for _ in range(3000):
        with socket.socket() as client:
            if client.connect_ex(("127.0.0.1", int(port))) == 0:
                break
        if server.poll() is not None:
            pytest.fail((folder / "log").read_text()[-2000:], pytrace=False)
        time.sleep(0.1)
    yield port
    server.terminate()
    server.wait()


def test_first_call(language, mock, pytestconfig, tmp_path):
    option = pytestconfig.option
    if not_tried := dict(option.language)[language]:
        pytest.skip(not_tried)
    build = (languages.HERE / language.lower() / "build.sh").read_text()
    languages.skip_without_programs(build)
    output = None
    for file, kind, text in STEP.findall(sections(pytestconfig)[language]):
        text = text.replace(PORT, mock)
        if file:
            (tmp_path / file).write_text(text)
        elif kind == "sh":
            pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
            process = run(tmp_path, text, option.document.parent, option.target, **pipes)
            output, errors = process.communicate()
            if process.returncode:
                pytest.fail(f"{language}: {text}{output[-1000:]}{errors[-1000:]}", pytrace=False)
        elif kind == "text" and output != text:
            pytest.fail(f"{language}: {text!r} expected, not {output!r}", pytrace=False)
    assert output is not None
