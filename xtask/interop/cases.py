"""The calls that every client makes, and their responses, derived from the dereferenced document."""

import json
from types import SimpleNamespace

# No document uses this name.
UNKNOWN = "UNKNOWN_TO_THE_DOCUMENT"


def all_cases(text):
    for path, methods in json.loads(text, object_hook=merged)["paths"].items():
        for method, operation in methods.items():
            if "operationId" in operation:
                yield from operation_cases(path, method.upper(), operation)


def merged(node):
    """The schema in an `allOf`, overridden by the keywords next to the `allOf`."""
    return {**node.pop("allOf")[0], **node} if "allOf" in node else node


def operation_cases(path, method, operation):
    operation_id = operation["operationId"]
    responses = [
        (int(status), name, json_content(response)["schema"], example["value"])
        for status, response in operation["responses"].items()
        if status.isdigit()
        for name, example in json_content(response).get("examples", {}).items()
    ]
    success = next((response for response in responses if response[0] < 300), None)
    if success is None:
        raise ValueError(f"{operation_id}: no successful response has an example; add `examples`")
    status, _, schema, documented = success

    def case(column, name, values="documented", **response):
        case = SimpleNamespace(column=column, name=name, status=status, response=documented)
        vars(case).update(response)
        case.call, case.request, case.defaults = request(path, method, operation, values)
        # The places in the response that the document does not describe.
        differing = differences(flat(documented, "response"), flat(case.response, "response"))
        case.planted = list(differing) if column in PLANTS else []
        return case

    yield case(operation_id, "as documented")
    yield case(operation_id, "every field", "every")
    if "requestBody" in operation:
        yield case(operation_id, "empty values", "empty")
    every = example(schema)
    yield case(operation_id, "every field read", response=every)
    nulls = mapped(schema, every, null)
    if nulls != every:
        yield case(operation_id, "nulls read", response=nulls)
    for error, name, _, body in responses:
        if error >= 400:
            yield case("error response", f"{operation_id}: {name}", status=error, response=body)
    for column, plant in PLANTS.items():
        planted = mapped(schema, documented, plant)
        if planted != documented:
            yield case(column, operation_id, response=planted)


def json_content(message):
    return message.get("content", {}).get("application/json", {})


def request(path, method, operation, values):
    """The call for the driver, the expected request, and the defaults that it may also contain."""
    call = {"operation": operation["operationId"], "tag": operation["tags"][0], "method": method}
    call |= {"template": path, "path": {}, "query": {}}
    request, defaults, key = {"method": method, "path": path}, {}, f"{call['operation']}Request"
    for parameter in operation.get("parameters", []):
        name, place, schema = parameter["name"], parameter["in"], parameter["schema"]
        if "default" in schema:
            defaults[f"query {name}"] = written(parameter, schema["default"])
        shown = {key: example["value"] for key, example in parameter.get("examples", {}).items()}
        # A path needs all of its parameters.
        if key in shown or place == "path" or values == "every":
            shown = shown or {key: example({**schema, **parameter})}
            value = call[place][name] = shown.get(key, next(iter(shown.values())))
            request["path"] = request["path"].replace(f"{{{name}}}", str(value))
            if place == "query":
                request[f"query {name}"] = written(parameter, value)
    if body := json_content(operation.get("requestBody", {})):
        every = example(body["schema"])
        bodies = {"every": every, "empty": mapped(body["schema"], every, empty)}
        call["body"] = bodies.get(values, body["examples"][key]["value"])
        request |= flat(call["body"], "body")
    return call, request, defaults


def written(parameter, value):
    """The value, or values, of a query parameter, decoded."""
    items = value if isinstance(value, list) else [value]
    strings = [item if isinstance(item, str) else json.dumps(item) for item in items]
    return (" and " if parameter.get("explode", True) else ",").join(strings)


def example(schema):
    """A value with all properties."""
    if "example" in schema:
        return schema["example"]
    if "items" in schema:
        return [example(schema["items"])]
    if "properties" not in schema:
        raise ValueError(f"add an `example` to the schema {json.dumps(schema)}")
    return {name: example(member) for name, member in schema["properties"].items()}


def mapped(schema, value, change):
    """A copy of the value after `change(schema, value)` of each value in it, innermost first."""
    if isinstance(value, dict):
        schemas = schema.get("properties", {})
        value = {key: mapped(schemas.get(key, {}), member, change) for key, member in value.items()}
    elif isinstance(value, list):
        value = [mapped(schema.get("items", {}), item, change) for item in value]
    return change(schema, value)


def empty(schema, value):
    """Zero, false or an empty list if the schema allows it, or else the value."""
    least = schema.get("minimum", schema.get("minItems", 0))
    values = {"boolean": False, "integer": 0, "array": []}
    return value if least > 0 else values.get(schema.get("type"), value)


def null(schema, value):
    """Null if the schema allows it and the value contains no other null, or else the value."""
    return None if schema.get("nullable") and "null" not in flat(value).values() else value


def unknown_value(schema, value):
    return UNKNOWN if {"enum", "x-extensible-enum"} & schema.keys() else value


def unknown_field(schema, value):
    return {**value, UNKNOWN: UNKNOWN} if "properties" in schema else value


# The columns of the table in addition to those of the operations.
PLANTS = {"unknown enum value": unknown_value, "unknown field": unknown_field}
OTHER_COLUMNS = ["error response", *PLANTS]


def flat(value, pointer=""):
    """All values in a JSON value, as JSON, by pointer. Objects and lists are shown as empty."""
    members = value if isinstance(value, dict) else dict(enumerate(value)) if isinstance(value, list) else {}
    values = {pointer: json.dumps(type(value)() if members else value)}
    for key, member in members.items():
        values |= flat(member, f"{pointer}/{key}")
    return values


def differences(expected, found):
    """The keys whose values differ, with both values."""
    pairs = {key: (expected.get(key, "nothing"), found.get(key, "nothing")) for key in expected | found}
    return {key: pair for key, pair in pairs.items() if pair[0] != pair[1]}
