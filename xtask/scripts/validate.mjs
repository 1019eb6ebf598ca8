// node validate.mjs FOLDER CASES: the JSON Schemas of a folder by Ajv, each compiled in its strict
// mode, which holds it against the metaschema, and the cases: [{file, pointer, instance}, …].
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

const [, , folder, cases] = process.argv;
const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true });
formats.default(ajv);
for (const file of readdirSync(folder).sort()) {
  attempt(file, () => ajv.compile(JSON.parse(readFileSync(join(folder, file), 'utf8'))));
}
const instances = process.exitCode ? [] : JSON.parse(readFileSync(cases, 'utf8'));
for (const { file, pointer, instance } of instances) {
  attempt(file, () => {
    const validate = ajv.getSchema(`${file}#${pointer}`);
    if (!validate(instance)) throw new Error(`${pointer}: ${ajv.errorsText(validate.errors)}`);
  });
}

function attempt(file, check) {
  try {
    check();
  } catch (error) {
    console.log(`${file}: ${error.message}`);
    process.exitCode = 1;
  }
}
