// Fails unless a Postman collection has every operation of an OpenAPI document, and no other.
//
//     node operations.mjs docs/openapi.yaml collection.json
import { readFileSync } from "node:fs";

const [document, collection] = process.argv.slice(2).map((file) => readFileSync(file, "utf8"));

// The document is generated: each path is a line of two spaces, each method under it one of four.
const documented = new Set();
let path;
for (const line of document.slice(document.indexOf("\npaths:"), document.indexOf("\ncomponents:")).split("\n")) {
  path = /^ {2}(\/\S*):$/.exec(line)?.[1] ?? path;
  const method = /^ {4}(get|put|post|patch|delete):$/.exec(line)?.[1];
  if (method) {
    documented.add(`${method.toUpperCase()} ${path.replaceAll(/\{(\w+)}/g, ":$1")}`);
  }
}

const collected = new Set();
const collect = ({ item, request }) => {
  item?.forEach(collect);
  if (request) {
    collected.add(`${request.method} /${request.url.path.join("/")}`);
  }
};
collect(JSON.parse(collection));

const missing = [...documented].filter((each) => !collected.has(each));
const unknown = [...collected].filter((each) => !documented.has(each));
if (documented.size === 0 || missing.length > 0 || unknown.length > 0) {
  console.error("missing:", missing, "unknown:", unknown);
  process.exit(1);
}
console.log(`${collected.size} operations`);
