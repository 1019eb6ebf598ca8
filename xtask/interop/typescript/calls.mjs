// Writes the documented calls, and their responses, as TypeScript.

import { readFileSync } from "node:fs";

console.log('import { connect } from "./driver.mjs";\nconst client = connect("", "");');
for (const [index, { call, status, response, planted }] of JSON.parse(readFileSync("cases.json")).entries()) {
  const { method, template, path, query, body } = call;
  const params = Object.keys(query).length ? { path, query } : { path };
  const values = [template, { params, body }].map((value) => JSON.stringify(value));
  console.log(`export const call${index} = () => client.${method}(${values});`);
  if (planted.length === 0) {
    const type = `Awaited<ReturnType<typeof call${index}>>["${status < 300 ? "data" : "error"}"]`;
    console.log(`export const response${index}: ${type} = ${JSON.stringify(response)};`);
  }
}
