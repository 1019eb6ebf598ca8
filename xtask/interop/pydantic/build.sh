# Default settings: what a user of the models gets.
mkdir -p client
venv/bin/datamodel-codegen --input "$DOCUMENT" --output client/models.py
cp "$DOCUMENT" client/document.json
