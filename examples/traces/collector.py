#!/usr/bin/env python3
"""
Shows the spans that Carillon sends, a line for each: a collector to look at, not to keep anything.

    python3 examples/traces/collector.py 4318

It needs nothing but Python 3.9. It takes OTLP by HTTP at /v1/traces and reads of its Protobuf what it prints, by the field
numbers of https://github.com/open-telemetry/opentelemetry-proto.
"""

import gzip
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def fields(data):
    """Yields the number and the value of each field of a message."""
    at = 0
    while at < len(data):
        key, at = varint(data, at)
        kind = key & 7
        if kind == 0:
            value, at = varint(data, at)
        else:
            length = {1: 8, 5: 4}.get(kind)
            if length is None:
                length, at = varint(data, at)
            value, at = data[at : at + length], at + length
        yield key >> 3, value


def all_of(data, number):
    return [value for found, value in fields(data) if found == number]


def first(data, number, default=b""):
    return next(iter(all_of(data, number)), default)


def show(span):
    trace, own, parent = (first(span, number).hex() for number in (1, 2, 4))
    start, end = (int.from_bytes(first(span, number), "little") for number in (7, 8))
    status = first(span, 15)
    failed = first(status, 3, 0) == 2
    print(
        f"{trace} {own} in {parent or '-' * 16} {(end - start) / 1e6:10.0f} ms  {first(span, 5).decode()}"
        + (f"  FAILED: {first(status, 2).decode()}" if failed else ""),
        flush=True,
    )
    for link in all_of(span, 13):
        print(f"{'':32} linked to {first(link, 1).hex()} {first(link, 2).hex()}", flush=True)


class Collector(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])) if "Content-Length" in self.headers else self.chunks()
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        for of_resource in all_of(body, 1):
            for of_scope in all_of(of_resource, 2):
                for span in all_of(of_scope, 2):
                    show(span)
        self.send_response(200)
        self.send_header("Content-Type", "application/x-protobuf")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def chunks(self):
        body = b""
        while True:
            size = int(self.rfile.readline().split(b";")[0], 16)
            body += self.rfile.read(size)
            self.rfile.readline()
            if size == 0:
                return body

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1]) if len(sys.argv) > 1 else 4318), Collector)
    print(f"listening at http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()
