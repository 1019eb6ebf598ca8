// node openapi31.mjs IN OUT: a document of OpenAPI 3.0, as JSON, rendered as OpenAPI 3.1.
import { readFileSync, writeFileSync } from 'node:fs';
import { upgrade } from '@scalar/openapi-upgrader';

const [, , from, to] = process.argv;
const document = upgrade(JSON.parse(readFileSync(from, 'utf8')), '3.1');
writeFileSync(to, `${JSON.stringify(document, null, 2)}\n`);
