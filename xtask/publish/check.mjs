// node check.mjs FOLDER: compiles the JSON Schemas of FOLDER/schemas with Ajv in strict mode, and validates
// the examples of FOLDER/autoscaling-3.1.json against them.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

const folder = process.argv[2];
const read = (file) => JSON.parse(readFileSync(join(folder, file), 'utf8'));
const last = (reference) => reference.split('/').pop();
const complaints = [];
const ajv = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true });
formats.default(ajv);
for (const file of readdirSync(join(folder, 'schemas')).sort()) {
  try {
    ajv.compile(read(`schemas/${file}`));
  } catch (error) {
    complaints.push(`${file}: ${error.message}`);
  }
}
const { paths, components } = read('autoscaling-3.1.json');
if (complaints.length === 0) {
  for (const [name, schema] of Object.entries(components.schemas)) walk(schema, `${name}.json#`);
  walk({ paths, components: { ...components, schemas: {} } });
}
console.log(complaints.join('\n'));
process.exitCode = complaints.length > 0 ? 1 : 0;

/** Validates the examples of schemas, which are lists, and those of parameters and media types, which are maps. */
function walk(node, place) {
  if (node === null || typeof node !== 'object') return;
  if (place && Array.isArray(node.examples)) node.examples.forEach((example) => validate(place, example));
  if (node.schema?.$ref && !Array.isArray(node.examples)) {
    for (const example of Object.values(node.examples ?? {})) {
      const { value } = example.$ref ? components.examples[last(example.$ref)] : example;
      validate(`${last(node.schema.$ref)}.json#`, value);
    }
  }
  for (const [name, value] of Object.entries(node)) {
    walk(value, place && `${place}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`);
  }
}

function validate(place, example) {
  const validator = ajv.getSchema(place);
  if (validator(example)) return;
  complaints.push(`${place}: ${JSON.stringify(example)}: ${ajv.errorsText(validator.errors)}`);
}
