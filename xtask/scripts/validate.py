"""python validate.py FOLDER CASES: the JSON Schemas of a folder by jsonschema, each against the
metaschema, and the cases: [{file, pointer, instance}, ...]."""

import json
import sys
from pathlib import Path

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError
from referencing import Registry, Resource

complaints = []
schemas = {path.name: json.loads(path.read_text("utf-8")) for path in sorted(Path(sys.argv[1]).iterdir())}
for file, schema in schemas.items():
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        complaints.append(f"{file}: {error.json_path}: {error.message}")
registry = Registry().with_resources(
    (file, Resource.from_contents(schema)) for file, schema in schemas.items()
)
cases = json.loads(Path(sys.argv[2]).read_text("utf-8"))
for case in [] if complaints else cases:
    subschema = {"$ref": f"{case['file']}#{case['pointer']}"}
    checker = Draft202012Validator.FORMAT_CHECKER
    validator = Draft202012Validator(subschema, registry=registry, format_checker=checker)
    for error in validator.iter_errors(case["instance"]):
        complaints.append(f"{case['file']}: {case['pointer']}: {error.message}")
print("\n".join(complaints))
sys.exit(1 if complaints else 0)
