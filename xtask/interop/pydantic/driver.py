"""Makes calls without a generated client, and writes the responses that the models decode: see ../README.md."""

import json
import sys
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urlencode

from client import models

DOCUMENT = json.loads(Path("client/document.json").read_text())


def model(message):
    """The model of the body of a request or a response."""
    if "$ref" in message:
        message = DOCUMENT["components"]["requestBodies"][message["$ref"].rsplit("/", 1)[1]]
    reference = message["content"]["application/json"]["schema"]["$ref"]
    return getattr(models, reference.rsplit("/", 1)[1])


def make(call):
    operation = DOCUMENT["paths"][call["template"]][call["method"].lower()]
    query = {key: ",".join(value) if isinstance(value, list) else value for key, value in call["query"].items()}
    query = {key: json.dumps(value) if isinstance(value, bool) else value for key, value in query.items()}
    url = f"{call['endpoint']}{call['template'].format(**call['path'])}?{urlencode(query)}".rstrip("?")
    request = urllib.request.Request(url, method=call["method"], headers={"X-Auth-Token": call["token"]})
    if "body" in call:
        body = model(operation["requestBody"]).model_validate(call["body"])
        request.data = body.model_dump_json(exclude_unset=True).encode()
        request.add_header("Content-Type", "application/json")
    try:
        response, kind = urllib.request.urlopen(request), model(operation["responses"]["200"])
    except urllib.error.HTTPError as error:
        response, kind = error, models.ErrorResponse
    read = kind.model_validate_json(response.read())
    return {"status": response.status, "response": read.model_dump(mode="json", exclude_unset=True)}


for line in sys.stdin:
    print(json.dumps(make(json.loads(line))), flush=True)
