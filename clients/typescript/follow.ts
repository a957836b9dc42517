// Creates a job with a client generated from the document, follows its executions until three have succeeded, and deletes it:
//
//   CARILLON_URL=http://localhost:8080 CARILLON_KEY=… node follow.js
//
// The types of paths, parameters, bodies and answers are openapi-typescript's (carillon.ts), the calls openapi-fetch's.
import createClient from "openapi-fetch";
import type { components, paths } from "./carillon.js";

type Execution = components["schemas"]["Execution"];

const key = process.env.CARILLON_KEY;
const client = createClient<paths>({
  baseUrl: process.env.CARILLON_URL ?? "http://localhost:8080",
  headers: key ? { Authorization: `Bearer ${key}` } : {},
});

// What failed is a problem document: title and detail say what, violations name the fields.
function orThrow<T>(answer: { data?: T; error?: components["schemas"]["Problem"] }): T {
  if (answer.data === undefined) {
    throw new Error(`${answer.error?.status} ${answer.error?.title}: ${answer.error?.detail}`);
  }
  return answer.data;
}

const job = orThrow(
  await client.POST("/api/v1/jobs", {
    body: {
      name: `follow-${crypto.randomUUID()}`,
      type: "noop",
      config: { message: "done" },
      schedule: { every: "1s" },
      labels: { made: "typescript" },
    },
  }),
);
console.log(`${job.name} fires at ${job.nextFireAt}`);

const seen = new Map<string, Execution>();
const patience = Date.now() + 60_000;
while (seen.size < 3) {
  if (Date.now() > patience) throw new Error(`only ${seen.size} executions in a minute`);
  const page = orThrow(
    await client.GET("/api/v1/jobs/{id}/executions", {
      params: { path: { id: job.id }, query: { state: "SUCCEEDED", limit: 20 } },
    }),
  );
  for (const execution of page.items.filter((it) => !seen.has(it.id))) {
    seen.set(execution.id, execution);
    console.log(`${execution.scheduledAt} ${execution.state} attempt ${execution.attempt} of ${execution.maxAttempts}`);
  }
  await new Promise((next) => setTimeout(next, 200));
}

const gone = await client.DELETE("/api/v1/jobs/{id}", { params: { path: { id: job.id } } });
if (!gone.response.ok) throw new Error(`not deleted: ${gone.response.status}`);
