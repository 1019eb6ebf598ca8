# With the default settings, as for most users of the models.
mkdir -p client
venv/bin/datamodel-codegen --input "$DOCUMENT" --output client/models.py
cp "$DOCUMENT" client/document.json
