"""Tests of the suite itself: it must find the fault of each faulty client."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from cases import UNKNOWN, all_cases

DOCUMENT = yaml.safe_load("""
openapi: 3.0.3
info: {title: Bakery, version: 1.0.0}
components: {securitySchemes: {key: {type: apiKey, in: header, name: X-Key}}}
paths:
  /ovens/{oven}/loaves:
    put:
      operationId: bake
      tags: [ovens]
      parameters:
      - {name: oven, in: path, required: true, schema: {type: string}, example: left}
      - {name: limit, in: query, schema: {type: integer, default: 20, example: 5}}
      - {name: shelves, in: query, schema: {type: array}, examples: {bakeRequest: {value: [1, 2]}}}
      - {name: crusts, in: query, explode: false, schema: {type: array}, example: [DARK, LIGHT]}
      requestBody: {content: {application/json: {schema: {type: object, properties: {
        grams: {allOf: [{type: integer, minimum: 1, example: 500}], example: 750},
        rest: {type: integer, minimum: 0, example: 30},
        is_sour: {type: boolean, example: true},
        seeds: {type: array, items: {type: string, example: poppy}},
        flours: {type: array, minItems: 1, items: {type: string, example: rye}}}},
        examples: {bakeRequest: {value: {grams: 500}}}}}}
      responses:
        '200': {description: Baked, content: {application/json: {schema: {type: object, properties: {
          crust: {allOf: [{type: string, enum: [DARK, LIGHT]}], example: LIGHT},
          at: {type: string, example: '2020-01-01T00:00:00Z'},
          slices: {type: array, nullable: true, items: {type: object, properties: {
            grams: {type: integer, nullable: true, example: 40}}}}}},
          examples: {bakeResponse: {value: {crust: DARK, slices: [{grams: 1}]}}}}}}
        '409': {description: Burnt, content: {application/json: {
          schema: {type: object}, examples: {burnt: {value: {reason: too hot}}}}}}
""")

# A driver without a fault. It sends a default, adds a null to the response, and writes UTC as +00:00, which is
# permitted. A statement in place of SEND or READ adds a fault.
DRIVER = """
import http.client, json, sys, urllib.parse

SEND = READ = status = None
for line in sys.stdin:
    call, read = json.loads(line), {}
    method, oven, token, type, count = "PUT", call["path"]["oven"], call["token"], "application/json", 1
    query, body = {"limit": 20} | call["query"], call["body"]
    query |= {key: ",".join(query[key]) for key in query if key == "crusts"}
    SEND
    url = f"/ovens/{oven}/loaves?{urllib.parse.urlencode(query, doseq=True)}"
    for _ in range(count):
        server = http.client.HTTPConnection(call["endpoint"].removeprefix("http://"))
        headers = {"X-Key": token, "Content-Type": type}
        server.request(method, url, json.dumps(body), headers)
        response = server.getresponse()
        status, read = response.status, json.load(response) | {"new": None}
    read = json.loads(json.dumps(read).replace("0Z", "0+00:00"))
    READ
    print(json.dumps({"status": status, "response": read}), flush=True)
"""
# The client, the place and the statement of the fault, and the expected finding, if any.
FAULTS = """
DropsField | SEND | body.pop("seeds", 0) | bake: empty values: sent differently: body/seeds: [] expected
DropsNumber | SEND | body.pop("grams") | bake: every field: sent differently: body/grams: 750 expected
DropsBoolean | SEND | body.pop("is_sour", 0) | bake: empty values: sent differently: body/is_sour: false
SendsNull | SEND | body["x"] = None | bake: as documented: sent differently: body/x: nothing expected, null
SendsFalse | SEND | body["rest"] = False | bake: empty values: sent differently: body/rest: 0 expected, false
SendsNothing | SEND | count = 0 | bake: nulls read: sent differently: requests: 0 sent instead of one
SendsTwice | SEND | count = 2 | bake: nulls read: sent differently: requests: 2 sent instead of one
OtherMethod | SEND | method = "POST" | bake: every field: sent differently: method: PUT expected, POST sent
OtherPath | SEND | oven = "x" | bake: every field: sent differently: path: /ovens/left/loaves expected
OtherToken | SEND | token = "x" | bake: every field: sent differently: token: a-token expected, x sent
OtherType | SEND | type = "text/plain" | bake: every field: sent differently: openapi-core: Content for the
OtherDefault | SEND | query["limit"] = 21 | bake: as documented: sent differently: query limit: nothing
SplitsList | SEND | query |= call["query"] | bake: every field: sent differently: query crusts: DARK,LIGHT
JoinsList | SEND | query["shelves"] = "1,2" | bake: every field: sent differently: query shelves: 1 and 2
LosesField | READ | read.pop("crust", 0) | bake: every field: lost: response/crust: "DARK" expected, nothing
AddsField | READ | read["x"] = 0 | bake: as documented: lost: response/x: nothing expected, 0 read
OtherFieldType | READ | read["slices"][0]["grams"] = "1" | bake: as documented: lost: response/slices/0/grams: 1
OtherTime | READ | read["at"] = "2020-01-01T00:00:00+01:00" | bake: every field read: lost: response/at: "2020
OtherStatus | READ | status = 201 | bake: as documented: lost: status: 200 expected, 201 read
RejectsNull | READ | read["slices"][0]["grams"] or sys.exit("no grams") | bake: nulls read: rejected: no grams
KeepsOneCrust | READ | read["crust"] = "DARK" | bake: every field read: lost: response/crust: "LIGHT" expected
LosesError | READ | read.pop("reason", 0) | error response: bake: burnt: lost: response/reason: "too hot"
LosesValue | READ | read["crust"] = "DARK" | unknown enum value: bake: lost: 1 of 1, the first at response/crust
LosesUnknown | READ | read.pop("UNKNOWN", 0) | unknown field: bake: lost: 1 of 2, the first at response/UNKNOWN
Crashes | SEND | sys.exit("no oven") | error response: bake: burnt: rejected: no oven
NoJson | READ | print("hello") | bake: every field: rejected: no response
Limited | READ | read.pop("UNKNOWN", 0)
Worse | READ | read.pop("UNKNOWN", 0); read["x"] = 0 | unknown field: bake: lost: response/x: nothing expected
Improved | READ | pass | bake: every field: as documented now; delete xtask/interop/limitations.md:6
NotBuilt | READ | pass | build.sh: exit status 2
Right | READ | pass
"""
FAULTS = [line.split(" | ") for line in FAULTS.replace("UNKNOWN", UNKNOWN).strip().splitlines()]
LIMITATIONS = """
| client | where | outcome | what to do |
|---|---|---|---|
| Limited | unknown field | lost | Nothing. |
| Worse | unknown field | lost | Nothing. |
| Improved | bake: every field: body/seeds/0 | sent differently | Nothing. |
"""


@pytest.fixture
def run(tmp_path):
    """Runs a copy of the suite with these clients in place of the languages."""
    for file in ["cases.py", "conftest.py", "languages.py", "test_clients.py"]:
        shutil.copy(Path(__file__).with_name(file), tmp_path)
    for client, place, statement, *_ in FAULTS:
        folder = tmp_path / client.lower()
        folder.mkdir()
        (folder / "build.sh").write_text("exit 0" if client != "NotBuilt" else "ls nothing")
        (folder / "run.sh").write_text(f"exec {sys.executable} driver.py")
        (folder / "driver.py").write_text(DRIVER.replace(f"    {place}", f"    {statement}"))
    for name in "document.json", "document.dereferenced.json":
        (tmp_path / name).write_text(json.dumps(DOCUMENT))

    def run(limitations, clients, *options):
        (tmp_path / "limitations.md").write_text(limitations)
        command = [sys.executable, "-m", "pytest", "-q", "--tb=no", "-rN", "--document=document.json"]
        command += [f"--target={tmp_path}/target", *options, *(f"--language={name}" for name in clients)]
        done = subprocess.run(command, cwd=tmp_path, text=True, capture_output=True)
        table = [re.split("  +", line) for line in done.stdout.splitlines()]
        return done.returncode, done.stdout + done.stderr, {row[0]: row[1:] for row in table if row[1:]}

    return run


def test_each_fault_is_found(run):
    assert run(LIMITATIONS, ["Right", "Limited"])[0] == 0
    status, output, table = run(LIMITATIONS, [client for client, *_ in FAULTS])
    findings = [f"\nfailed: {client}: {finding[0]}" for client, _, _, *finding in FAULTS if finding]
    assert [finding for finding in findings if finding not in output] == []
    # This finding is a known limitation.
    assert "Worse: unknown field: bake: lost: 1" not in output
    assert status == 1
    assert table[""] == ["bake", "error response", "unknown enum value", "unknown field"]
    assert table["Right"] == ["ok", "ok", "ok", "ok"]
    assert table["Limited"] == ["ok", "ok", "ok", "lost*"]
    assert table["LosesError"] == ["ok", "failed", "ok", "ok"]
    assert table["NotBuilt"] == ["failed", "failed", "failed", "failed"]


@pytest.mark.parametrize("row", ["Right | knead | lost", "Wrong | bake | lost"])
def test_a_row_on_nothing_is_an_error(run, row):
    status, output, _ = run(f"| {row} | Nothing. |", ["Right"])
    assert status != 0
    assert "limitations.md:1: no client or call has this name; delete the row" in output


def test_not_tried_fails_only_where_it_is_required(run):
    status, output, table = run("", ["Right=PyPI can't be reached"])
    assert (status, table["Right"]) == (0, ["skipped"] * 4)
    assert "skipped: Right: Skipped: PyPI can't be reached" in output
    assert run("", ["Right=PyPI can't be reached"], "--required")[0] == 1


def test_a_call_needs_a_successful_example():
    with pytest.raises(ValueError, match="bake: no successful response has an example"):
        list(all_cases(json.dumps(DOCUMENT).replace('"200"', '"default"')))
