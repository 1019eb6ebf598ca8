"""Options, clients, the rows of limitations.md, and the table; README.md explains the suite."""

import json
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from openapi_core import OpenAPI

import languages
from cases import OTHER_COLUMNS, all_cases

FILE = "limitations.md"


def pytest_addoption(parser):
    parser.addoption("--document", type=Path)
    parser.addoption("--target", type=Path)
    parser.addoption("--language", action="append", default=[], type=lambda text: text.partition("=")[::2])
    parser.addoption("--required", action="store_true")


def pytest_generate_tests(metafunc):
    if "case" not in metafunc.fixturenames:
        return
    option = metafunc.config.option
    option.cases = list(all_cases(option.document.with_suffix(".dereferenced.json").read_text()))
    for client, where, _, row in rows():
        is_client = (languages.HERE / client.lower()).is_dir()
        if not is_client or not any(is_meant(where, case) for case in option.cases):
            raise pytest.UsageError(f"{row}: no client or call has this name; delete the row")
    metafunc.parametrize("client", dict(option.language), indirect=True, scope="session")
    metafunc.parametrize("case", option.cases, ids=lambda case: f"{case.column}: {case.name}")


def rows():
    """The rows of limitations.md: client, where, outcome and line."""
    for number, line in enumerate(Path(__file__).with_name(FILE).read_text().splitlines(), 1):
        row = re.match(r"\| (\w+) \| ([^|]+) \| ([^|]+) \|", line)
        if row and row[1] != "client":
            yield *row.groups(), f"xtask/interop/{FILE}:{number}"


def is_meant(where, case):
    return where == case.column or where.startswith(f"{case.column}: {case.name}: ")


@pytest.fixture
def limits(request, case):
    """The expected findings of a call, with the rows of limitations.md that list them."""
    client = request.node.callspec.params["client"]
    meant = [row for row in rows() if row[0] == client and is_meant(row[1], case)]
    return {(where, outcome): row for _, where, outcome, row in meant}


@pytest.fixture(scope="session")
def client(request):
    option = request.config.option
    if not_tried := dict(option.language)[request.param]:
        pytest.skip(not_tried)
    driver = languages.build(request.param, option.target, option.document, option.cases)
    yield driver
    driver.close()


@pytest.fixture(scope="session")
def service(pytestconfig, make_httpserver_ipv4):
    server, url = make_httpserver_ipv4, make_httpserver_ipv4.url_for("").rstrip("/")
    document = json.loads(pytestconfig.option.document.read_text())
    validator = OpenAPI.from_dict(document | {"servers": [{"url": url}]})
    (scheme,) = document["components"]["securitySchemes"].values()
    return SimpleNamespace(server=server, url=url, validator=validator, token_header=scheme["name"])


def pytest_sessionfinish(session, exitstatus):
    stats = session.config.pluginmanager.getplugin("terminalreporter").stats
    if session.config.option.required and "skipped" in stats and exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter, config):
    """Prints the table, with a row for each language, and the reasons below it."""
    cells, lines = {}, ["", f"* see xtask/interop/{FILE}"]
    words = {"passed": "ok", "xfailed": "", "skipped": "skipped", "failed": "failed", "error": "failed"}
    # A later outcome replaces an earlier one.
    for outcome, word in words.items():
        for report in terminalreporter.getreports(outcome):
            cell = re.search(r"\[(\w+)-([^:]+): ", report.nodeid)
            cells[cell and cell.groups()] = word or report.wasxfail.removeprefix("reason: ")
            reason = report.longrepr[2] if outcome == "skipped" else report.longrepr
            for line in str(reason).splitlines() if word in ("skipped", "failed") else ():
                lines.append(f"{word}: {cell[1] if cell else report.nodeid}: {line}")
    operations = (case.call["operation"] for case in getattr(config.option, "cases", ()))
    columns = [*dict.fromkeys(operations), *OTHER_COLUMNS]
    table = [["", *columns]]
    for language, _ in config.option.language:
        table.append([language, *(cells.get((language, column), "") for column in columns)])
    widths = [max(map(len, column)) for column in zip(*table)]
    table = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in table]
    terminalreporter.write_line("\n".join([*table, *dict.fromkeys(lines)]))
