"""Each client makes every call to a server that records the request and sends the case's response."""

import re
from urllib.parse import parse_qs

import pytest
from openapi_core.contrib.werkzeug import WerkzeugOpenAPIRequest
from openapi_core.exceptions import OpenAPIError

from cases import differences, flat

TOKEN = "a-token"


def test_call(client, case, service, limits):
    found = findings(client, case, service)
    wrong = [detail for finding, detail in found.items() if finding not in limits]
    stale = [row for finding, row in limits.items() if finding not in found]
    wrong += [f"{case.column}: {case.name}: as documented now; delete {row}" for row in stale]
    if wrong:
        pytest.fail("\n".join(wrong), pytrace=False)
    if limits:
        pytest.xfail(" and ".join(f"{outcome}*" for _, outcome in limits))


def findings(client, case, service):
    """The differences from the document: place and outcome, as in limitations.md, with a message."""
    found = {}

    def add(outcome, place, detail):
        where = [case.column, case.name, *place] if place else [case.column]
        line = [case.column, case.name, outcome, *place, str(detail)]
        found[": ".join(where), outcome] = ": ".join(line)

    service.server.clear()
    service.server.expect_request(re.compile("")).respond_with_json(case.response, case.status)
    try:
        read = client.call(case.call | {"endpoint": service.url, "token": TOKEN})
        expected = {"status": case.status} | flat(normalised(case.response), "response")
        read = {"status": read["status"]} | flat(normalised(read["response"]), "response")
        differing = differences(expected, read)
    except ChildProcessError as reason:
        add("rejected", [], reason)
        differing = {}
    # All planted values are one finding. Each other difference is a separate one.
    planted = [place for place in case.planted if differing.pop(place, None)]
    if planted:
        add("lost", [], f"{len(planted)} of {len(case.planted)}, the first at {planted[0]}")
    for place, pair in differing.items():
        add("lost", [place], "{} expected, {} read".format(*pair))

    if len(service.server.log) != 1:
        add("sent differently", ["requests"], f"{len(service.server.log)} sent instead of one")
        return found
    request = service.server.log[0][0]
    expected = case.request | {"token": TOKEN}
    for place, pair in differences(expected, sent(request, case, service.token_header)).items():
        add("sent differently", [place], "{} expected, {} sent".format(*pair))
    try:
        service.validator.validate_request(WerkzeugOpenAPIRequest(request))
    except OpenAPIError as error:
        add("sent differently", ["openapi-core"], error.__cause__ or error)
    return found


def sent(request, case, token_header):
    """A request in the form of `case.request`, without the defaults that it may carry."""
    path, _, query = request.environ["RAW_URI"].partition("?")
    sent = {"method": request.method, "path": path, "token": request.headers.get(token_header)}
    for name, values in parse_qs(query, keep_blank_values=True).items():
        place, value = f"query {name}", " and ".join(values)
        if place in case.request or case.defaults.get(place) != value:
            sent[place] = value
    if request.get_data():
        sent |= flat(request.get_json(force=True, silent=True), "body")
    return sent


def normalised(value):
    """The value without permitted differences: nulls are removed, and +00:00 becomes Z."""
    if isinstance(value, dict):
        return {key: normalised(member) for key, member in value.items() if member is not None}
    if isinstance(value, list):
        return [normalised(item) for item in value]
    return re.sub(r"\+00:00$", "Z", value) if isinstance(value, str) else value
