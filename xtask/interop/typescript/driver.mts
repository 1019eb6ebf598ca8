// Makes one call with the generated types, and says what it read: see ../README.md.

import { readFileSync } from "node:fs";

import createClient from "openapi-fetch";

import type { operations, paths } from "./client.js";

type Content<T> = T extends { content: { "application/json": infer Value } } ? Value : undefined;

/** What a call of the operation is given. */
export type Given<Id extends keyof operations> = { params: operations[Id]["parameters"] } & (operations[Id] extends {
  requestBody: infer Body;
}
  ? { body: Content<Body> }
  : unknown);

/** What the operation answers with the status. */
export type Reply<Id extends keyof operations, Status extends keyof operations[Id]["responses"]> = Content<
  operations[Id]["responses"][Status]
>;

/** The error that all statuses of all operations have in common. */
type ErrorReply = Reply<keyof operations, 400>;

type Answer<Id extends keyof operations> = { data?: Reply<Id, 200>; error?: ErrorReply; response: Response };

const call = JSON.parse(readFileSync(0, "utf8"));

const client = createClient<paths>({
  baseUrl: call.endpoint,
  headers: { "X-Auth-Token": call.token },
  // The types do not tell it how lists are written in a query.
  querySerializer: { array: { style: "form", explode: false } },
});

const operationsById: { [Id in keyof operations]: (given: Given<Id>) => Promise<Answer<Id>> } = {
  updateScalingGroup: (given) =>
    client.PUT("/autoscaling-api/v1/{project_id}/scaling_group/{scaling_group_id}", given),
  updateScalingPolicy: (given) =>
    client.PUT("/autoscaling-api/v2/{project_id}/scaling_policy/{scaling_policy_id}", given),
  listScalingActivityLogs: (given) =>
    client.GET("/autoscaling-api/v2/{project_id}/scaling_activity_log/{scaling_group_id}", given),
  listScalingPolicyExecuteLogs: (given) =>
    client.GET("/autoscaling-api/v1/{project_id}/scaling_policy_execute_log/{scaling_policy_id}", given),
};

// What comes as JSON is of no type; xtask has tsc hold the documented values against the types.
const given: any = { params: { path: call.path, query: call.query }, body: call.body };
const make: (given: any) => Promise<Answer<keyof operations>> = operationsById[call.operation as keyof operations];
const { data, error, response } = await make(given);
console.log(JSON.stringify({ status: response.status, reply: data ?? error }));
