"""Makes calls with the generated client, and writes the decoded responses: see ../README.md."""

import importlib
import json
import re
import sys
import typing
from types import UnionType
from typing import Any

from client import AuthenticatedClient
from client.types import Unset


def typed(value: Any, annotation: Any) -> Any:
    """The JSON value as the type of an argument: a model, an enum, a list."""
    options = typing.get_args(annotation) if isinstance(annotation, UnionType) else (annotation,)
    kind = next(option for option in options if option is not Unset)
    if typing.get_origin(kind) is list:
        return [typed(item, *typing.get_args(kind)) for item in value]
    return kind.from_dict(value) if hasattr(kind, "from_dict") else kind(value)


def make(call: Any) -> dict[str, Any]:
    name = re.sub("([A-Z])", r"_\1", call["operation"]).lower()
    operation = importlib.import_module(f"client.api.{call['tag']}.{name}").sync_detailed
    types = typing.get_type_hints(operation)
    client = AuthenticatedClient(
        base_url=call["endpoint"], token=call["token"], prefix="", auth_header_name="X-Auth-Token"
    )
    arguments = {}
    for name, value in {**call["path"], **call["query"], "body": call.get("body")}.items():
        # A name that is reserved in Python ends with an underscore.
        for argument in {name, f"{name}_"} & types.keys():
            arguments[argument] = typed(value, types[argument])
    response = operation(client=client, **arguments)
    if response.parsed is None:
        sys.exit(f"nothing read: {response.status_code} {response.content!r}")
    return {"status": int(response.status_code), "response": response.parsed.to_dict()}


for line in sys.stdin:
    print(json.dumps(make(json.loads(line))), flush=True)
