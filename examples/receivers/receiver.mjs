// Receives signed calls of Carillon; needs Node 18 and nothing else.
//
//     SIGNING_KEYS=whsec_current,whsec_former PORT=8090 node receiver.mjs
//
// Put your work into work(). README.md says what is checked and why.
import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";

const KEYS = (process.env.SIGNING_KEYS ?? "")
  .split(",")
  .map((key) => (key.startsWith("whsec_") ? Buffer.from(key.slice(6), "base64") : Buffer.from(key)));
const TOLERANCE_SECONDS = 300;
const KEPT_MILLIS = 24 * 60 * 60 * 1000;
const MAX_BODY = 1 << 20;

let works = 0;

/** Does the work of a call and returns the answer's body; if it throws, Carillon tries again. */
async function work(body) {
  if (body.length === 0) {
    throw new Error("nothing to work on");
  }
  works++;
  return JSON.stringify({ works });
}

const answers = new Map();

/** Returns the first answer to a call, and whether it is repeated. A repeat waits until the first is done. */
async function answerOnce(call, body) {
  const now = performance.now();
  for (const [old, { since }] of answers) {
    if (since > now - KEPT_MILLIS) {
      break; // they are in the order in which they came
    }
    answers.delete(old);
  }
  const earlier = answers.get(call);
  if (earlier) {
    return [await earlier.body, true];
  }
  const answer = { since: now, body: work(body) };
  answers.set(call, answer);
  answer.body.catch(() => answers.delete(call));
  return [await answer.body, false];
}

/** Returns why a call is not Carillon's, or nothing. Headers are only believed once the signature is right. */
function refusal(headers, body) {
  const call = headers["webhook-id"] ?? "";
  const timestamp = headers["webhook-timestamp"] ?? "";
  const expected = KEYS.map((key) => {
    const hmac = createHmac("sha256", key).update(`${call}.${timestamp}.`, "latin1").update(body);
    return Buffer.from(`v1,${hmac.digest("base64")}`);
  });
  const given = (headers["webhook-signature"] ?? "").split(" ").map((each) => Buffer.from(each));
  const isSame = (one, other) => one.length === other.length && timingSafeEqual(one, other);
  if (!expected.some((one) => given.some((other) => isSame(one, other)))) {
    return "wrong signature";
  }
  if (!(Math.abs(Date.now() / 1000 - Number(timestamp)) <= TOLERANCE_SECONDS)) {
    return "too old, or clocks differ";
  }
  if ((headers["idempotency-key"] ?? call) !== call) {
    return "Idempotency-Key is not the signed webhook-id";
  }
}

async function receive(request) {
  const chunks = [];
  let length = 0;
  for await (const chunk of request) {
    length += chunk.length;
    if (length <= MAX_BODY) {
      chunks.push(chunk);
    } // what is too large is read all the same: leaving the loop would close the connection
  }
  if (length > MAX_BODY) {
    return [413, "too large\n"];
  }
  const body = Buffer.concat(chunks);
  const why = refusal(request.headers, body);
  if (why) {
    return [401, `${why}\n`];
  }
  const [answer, isRepeated] = await answerOnce(request.headers["webhook-id"], body);
  return [200, answer, isRepeated ? { "Idempotency-Replayed": "true" } : {}];
}

if (!KEYS.every((key) => key.length > 0)) {
  console.error("SIGNING_KEYS has no key, or an empty one");
  process.exit(1);
}
const server = createServer((request, response) => {
  receive(request)
    .catch((failure) => {
      console.error("failed:", failure.message);
      return [500, "failed\n"];
    })
    .then(([status, body, headers]) => response.writeHead(status, headers).end(body));
});
server.listen(process.env.PORT ?? 8090, "127.0.0.1", () => console.log("listening on port", server.address().port));
