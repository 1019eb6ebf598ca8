// Makes calls with the generated types, and writes the decoded responses: see ../README.md.

import { createInterface } from "node:readline";
import createClient from "openapi-fetch";
import type { paths } from "./client.js";

export const connect = (baseUrl: string, token: string) =>
  createClient<paths>({
    baseUrl,
    headers: { "X-Auth-Token": token },
    // The types do not contain the format of lists in a query.
    querySerializer: { array: { style: "form", explode: false } },
  });

for await (const line of createInterface({ input: process.stdin })) {
  const { endpoint, token, method, template, path, query, body } = JSON.parse(line);
  // Parsed JSON has no type. tsc checks the documented calls, in documented.mts.
  const client: any = connect(endpoint, token);
  const { data, error, response } = await client.request(method, template, { params: { path, query }, body });
  console.log(JSON.stringify({ status: response.status, response: data ?? error }));
}
