#!/usr/bin/env python3
"""Receives signed calls of Carillon; needs Python 3.8 and nothing else.

    SIGNING_KEYS=whsec_current,whsec_former PORT=8090 python3 receiver.py

Put your work into work(). README.md says what is checked and why.
"""
import base64
import hashlib
import hmac
import http.server
import json
import os
import sys
import threading
import time

KEYS = [
    base64.b64decode(key[6:], validate=True) if key.startswith("whsec_") else key.encode()
    for key in os.environ.get("SIGNING_KEYS", "").split(",")
]
TOLERANCE_SECONDS = 300
KEPT_SECONDS = 24 * 60 * 60
MAX_BODY = 1 << 20

works = 0


def work(body):
    """Does the work of a call and returns the answer's body; if it raises, Carillon tries again."""
    global works
    if not body:
        raise ValueError("nothing to work on")
    works += 1
    return json.dumps({"works": works}).encode()


class Answer:
    def __init__(self):
        self.lock, self.since, self.body = threading.Lock(), time.monotonic(), None


answers, answers_lock = {}, threading.Lock()


def answer_once(call, body):
    """Returns the first answer to a call, and whether it is repeated."""
    with answers_lock:
        while answers and next(iter(answers.values())).since < time.monotonic() - KEPT_SECONDS:
            del answers[next(iter(answers))]
        answer = answers.setdefault(call, Answer())
    with answer.lock:  # a repeat waits until the first is done
        if answer.body is not None:
            return answer.body, True
        answer.body = work(body)
        return answer.body, False


def refusal(headers, body):
    """Returns why a call is not Carillon's, or None. Headers are only believed once the signature is right."""
    call, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    signed = b"%s.%s.%s" % (call.encode("latin-1"), timestamp.encode("latin-1"), body)
    expected = [b"v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)) for key in KEYS]
    given = headers.get("webhook-signature", "").encode("latin-1").split()
    if not any([hmac.compare_digest(one, other) for one in expected for other in given]):
        return "wrong signature"
    if abs(time.time() - int(timestamp)) > TOLERANCE_SECONDS:
        return "too old, or clocks differ"
    if headers.get("idempotency-key", call) != call:
        return "Idempotency-Key is not the signed webhook-id"
    return None


class Receiver(http.server.BaseHTTPRequestHandler):
    timeout = 30

    def do_POST(self):
        length = self.headers.get("content-length", "0")
        body = self.rfile.read(min(int(length), MAX_BODY + 1) if length.isdecimal() else 0)
        if len(body) > MAX_BODY:
            return self.answer(413, b"too large\n")
        why = refusal(self.headers, body)
        if why:
            return self.answer(401, why.encode() + b"\n")
        try:
            answer, is_repeated = answer_once(self.headers["webhook-id"], body)
        except Exception as failure:
            print("failed:", failure, file=sys.stderr)
            return self.answer(500, b"failed\n")
        return self.answer(200, answer, {"Idempotency-Replayed": "true"} if is_repeated else {})

    do_GET = do_PUT = do_PATCH = do_DELETE = do_POST

    def answer(self, status, body, headers={}):
        self.send_response(status)
        # Not every client knows that with HTTP/1.0, which this server speaks, a connection ends with its answer.
        for name, value in {"Content-Length": str(len(body)), "Connection": "close", **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


if not all(KEYS):
    sys.exit("SIGNING_KEYS has no key, or an empty one")
http.server.ThreadingHTTPServer.request_queue_size = 128  # of 5, the default, the sixth call at once may be cut off
server = http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", "8090"))), Receiver)
print("listening on port", server.server_address[1], flush=True)
server.serve_forever()
