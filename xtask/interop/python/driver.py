"""Makes one call with the generated client, and says what it read: see ../README.md."""

import json
import sys
import typing
from collections.abc import Callable
from types import UnionType
from typing import Any

from client import AuthenticatedClient
from client.api.groups import update_scaling_group
from client.api.logs import list_scaling_activity_logs, list_scaling_policy_execute_logs
from client.api.policies import update_scaling_policy
from client.types import Response, Unset

OPERATIONS: dict[str, Callable[..., Response[Any]]] = {
    "updateScalingGroup": update_scaling_group.sync_detailed,
    "updateScalingPolicy": update_scaling_policy.sync_detailed,
    "listScalingActivityLogs": list_scaling_activity_logs.sync_detailed,
    "listScalingPolicyExecuteLogs": list_scaling_policy_execute_logs.sync_detailed,
}


def typed(value: Any, annotation: Any) -> Any:
    """The JSON value as what the annotation of an argument asks for: a model, an enum, a list."""
    options = typing.get_args(annotation) if isinstance(annotation, UnionType) else (annotation,)
    kind = next(option for option in options if option is not Unset)
    if typing.get_origin(kind) is list:
        return [typed(item, *typing.get_args(kind)) for item in value]
    return kind.from_dict(value) if hasattr(kind, "from_dict") else kind(value)


def main() -> None:
    call = json.load(sys.stdin)
    operation = OPERATIONS[call["operation"]]
    annotations = typing.get_type_hints(operation)
    given = call["path"] | call.get("query", {})
    if "body" in call:
        given["body"] = call["body"]
    # A name that Python has a use for got an underscore.
    names = {name: name if name in annotations else f"{name}_" for name in given}
    arguments = {names[name]: typed(value, annotations[names[name]]) for name, value in given.items()}

    client = AuthenticatedClient(
        base_url=call["endpoint"], token=call["token"], prefix="", auth_header_name="X-Auth-Token"
    )
    response = operation(client=client, **arguments)
    if response.parsed is None:
        sys.exit(f"nothing read: {response.status_code} {response.content!r}")
    json.dump({"status": int(response.status_code), "reply": response.parsed.to_dict()}, sys.stdout)


main()
