// node forms.mjs FOLDER: converts FOLDER/autoscaling.json from OpenAPI 3.0 to OpenAPI 3.1, and each of its
// schemas to a JSON Schema 2020-12 whose `$defs` contain the schemas that it refers to.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { upgrade } from '@scalar/openapi-upgrader';

const folder = process.argv[2];
const document = upgrade(JSON.parse(readFileSync(join(folder, 'autoscaling.json'), 'utf8')), '3.1');
write('autoscaling-3.1.json', document);

// Strict validators reject extensions. No property has such a name: see the lint rule wire-names.
const withoutExtensions = (key, value) => (key.startsWith('x-') ? undefined : value);
const text = JSON.stringify(document.components.schemas, withoutExtensions);
const schemas = JSON.parse(text.replaceAll('"$ref":"#/components/schemas/', '"$ref":"#/$defs/'));
for (const [name, schema] of Object.entries(schemas)) {
  const needed = references(name);
  const definitions = Object.entries(schemas).filter(([other]) => needed.has(other));
  const head = { $schema: 'https://json-schema.org/draft/2020-12/schema', $id: `${name}.json`, title: name };
  const defs = needed.size > 0 ? { $defs: Object.fromEntries(definitions) } : {};
  write(`schemas/${name}.json`, { ...head, ...schema, ...defs });
}

/** The names that a schema refers to, directly or through others. */
function references(name, found = new Set()) {
  for (const [, other] of JSON.stringify(schemas[name]).matchAll(/"\$ref":"#\/\$defs\/([^"/]+)/g)) {
    if (!found.has(other)) references(other, found.add(other));
  }
  return found;
}

function write(file, value) {
  writeFileSync(join(folder, file), `${JSON.stringify(value, null, 2)}\n`);
}
