# The generator finds ruff in the PATH.
PATH="$PWD/venv/bin:$PATH" openapi-python-client generate --meta none --fail-on-warning \
    --output-path client --path "$DOCUMENT"
venv/bin/mypy client driver.py
