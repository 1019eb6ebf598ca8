// Makes calls with the generated types and writes what it read: see ../README.md.

import { createInterface } from "node:readline";
import createClient from "openapi-fetch";
import type { paths } from "./client.js";

export const connect = (baseUrl: string, token: string) =>
  createClient<paths>({
    baseUrl,
    headers: { "X-Auth-Token": token },
    // The types do not tell it how lists are written in a query.
    querySerializer: { array: { style: "form", explode: false } },
  });

for await (const line of createInterface({ input: process.stdin })) {
  const { endpoint, token, method, template, path, query, body } = JSON.parse(line);
  // JSON has no type: what tsc checks are the documented calls, in documented.mts.
  const client: any = connect(endpoint, token);
  const { data, error, response } = await client.request(method, template, { params: { path, query }, body });
  console.log(JSON.stringify({ status: response.status, response: data ?? error }));
}
