// Creates a job, follows its executions until the third has ended, and deletes it.
import createClient from "openapi-fetch";
import type { components, paths } from "./carillon.js";

type Execution = components["schemas"]["Execution"];

const key = process.env.CARILLON_KEY;
const carillon = createClient<paths>({
  baseUrl: process.env.CARILLON_URL ?? "http://localhost:8080",
  headers: key ? { Authorization: `Bearer ${key}` } : {},
});

/** Returns what a call answers; a refusal says what is wrong with which field. */
function answered<T>(answer: { data?: T; error?: components["schemas"]["Problem"] }): T {
  if (answer.data === undefined) {
    throw new Error(JSON.stringify(answer.error));
  }
  return answer.data;
}

const job = answered(
  await carillon.POST("/api/v1/jobs", {
    body: {
      name: `followed by TypeScript ${Date.now()}`,
      schedule: { every: "1s", maxRuns: 3 },
      type: "noop",
      config: { message: "ding" },
    },
  }),
);
console.log(`${job.name}, next at ${job.nextFireAt}`);

const seen = new Map<string, Execution>();
const deadline = Date.now() + 60_000;
while (seen.size < 3 && Date.now() < deadline) {
  await new Promise((resolve) => setTimeout(resolve, 200));
  const { items } = answered(
    await carillon.GET("/api/v1/jobs/{id}/executions", { params: { path: { id: job.id } } }),
  );
  for (const execution of items.filter((each) => each.finishedAt && !seen.has(each.id)).reverse()) {
    seen.set(execution.id, execution);
    console.log(`${execution.scheduledAt} ${execution.state}`);
  }
}
await carillon.DELETE("/api/v1/jobs/{id}", { params: { path: { id: job.id } } });

const succeeded = [...seen.values()].filter((each) => each.state === "SUCCEEDED");
if (succeeded.length !== 3) {
  throw new Error(`${succeeded.length} of 3 have succeeded`);
}
