// Makes a Postman collection of docs/openapi.yaml, one folder for each tag: node postman.mjs FILE [URL]
//
// The collection's variables are `baseUrl`, the second argument, and `bearerToken`, the key, which is yours to fill in.
import { readFileSync, writeFileSync } from "node:fs";
import converter from "openapi-to-postmanv2";

const [file, url = "http://localhost:8080"] = process.argv.slice(2);
if (!file) throw new Error("usage: node postman.mjs FILE [URL]");
const document = readFileSync(new URL("../docs/openapi.yaml", import.meta.url), "utf8");

const options = {
  folderStrategy: "Tags",
  requestParametersResolution: "Example",
  // What may be left out is there, and not sent before somebody ticks it.
  enableOptionalParameters: false,
};
const collection = await new Promise((resolve, reject) =>
  converter.convertV2({ type: "string", data: document }, options, (failure, result) =>
    failure || !result.result ? reject(failure ?? new Error(result.reason)) : resolve(result.output[0].data),
  ),
);

collection.variable = [
  { key: "baseUrl", value: url },
  { key: "bearerToken", value: "" },
];
// One example of each answer is enough to read; the converter writes one for each status, eight times as much.
const requests = [];
(function visit(items) {
  for (const item of items) {
    if (item.request) {
      requests.push(item);
      item.response = item.response.filter((it) => it.code < 300);
    } else {
      visit(item.item);
    }
  }
})(collection.item);

const operations = document.match(/^ +operationId:/gm).length;
if (requests.length !== operations) throw new Error(`${requests.length} requests of ${operations} operations`);
writeFileSync(file, JSON.stringify(collection, null, 2) + "\n");
console.log(`${file}: ${requests.length} requests`);
