"""The first call of each language in the README of the published files, from an empty folder."""

import json
import os
import re
import socket
import subprocess
import time
import urllib.error
import urllib.request

import pytest

import languages

MOCK = "http://127.0.0.1:4010"
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
    # Go uses the installed version, and downloads no modules.
    environment |= {"GOPROXY": "off", "GOTOOLCHAIN": "local", "GOPATH": str(folder / "go"), "GOFLAGS": "-modcacherw"}
    environment |= {"GOCACHE": str(target / "go/cache")}
    shell = ["sh", "-eu", "-c", command]
    return subprocess.Popen(shell, cwd=folder, env=environment, text=True, stdin=subprocess.DEVNULL, **options)


def documented(config):
    """The path of the call, and the documented response."""
    cases = [case for case in config.option.cases if case.column == "listScalingGroups"]
    return cases[0].call["template"].format(project_id="p"), cases[0].response


def test_first_call(language, service, pytestconfig, tmp_path):
    option = pytestconfig.option
    if not_tried := dict(option.language)[language]:
        pytest.skip(not_tried)
    languages.skip_without_programs((languages.HERE / language.lower() / "build.sh").read_text())
    # The token is checked here; the mock server accepts any token.
    (path, response), headers = documented(pytestconfig), {"X-Auth-Token": "a-token"}
    service.server.clear()
    service.server.expect_request(path, headers=headers).respond_with_json(response)
    output = None
    for file, kind, text in STEP.findall(sections(pytestconfig)[language]):
        text = text.replace(MOCK, service.url)
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
    assert len(service.server.log) == 1


def test_mock_server_returns_the_documented_response(pytestconfig, tmp_path):
    option = pytestconfig.option
    if "TypeScript" not in dict(option.language) or dict(option.language)["TypeScript"]:
        pytest.skip("npm is covered by TypeScript")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    (_, _, command), *_ = STEP.findall(sections(pytestconfig)["Mock"])
    command = command.replace(MOCK.rsplit(":")[-1], port).replace("npx prism", "exec npx prism")
    log = (tmp_path / "log").open("w")
    server = run(tmp_path, command, option.document.parent, option.target, stdout=log, stderr=log)
    path, response = documented(pytestconfig)
    try:
        for _ in range(3000):
            with socket.socket() as client:
                if client.connect_ex(("127.0.0.1", int(port))) == 0:
                    break
            assert server.poll() is None, (tmp_path / "log").read_text()[-2000:]
            time.sleep(0.1)
        url = MOCK.replace("4010", port) + path
        request = urllib.request.Request(url, headers={"X-Auth-Token": "a-token"})
        assert json.load(urllib.request.urlopen(request)) == response
        with pytest.raises(urllib.error.HTTPError, match="401"):
            urllib.request.urlopen(url)
    finally:
        server.terminate()
        server.wait()
