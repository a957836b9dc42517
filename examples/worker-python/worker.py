#!/usr/bin/env python3
"""A remote worker of Carillon that needs Python 3.8 and nothing else.

    CARILLON_URL=http://localhost:8080 CARILLON_KEY=carillon_... python3 worker.py

CARILLON_URL may name several replicas, separated by commas: any of them answers any call. Put your own
tasks into TASKS. docs/remote-workers.md describes the protocol.
"""
import http.client
import json
import os
import signal
import sys
import threading
import time
import urllib.error
import urllib.request

URLS = os.environ.get("CARILLON_URL", "http://localhost:8080").split(",")
KEY = os.environ.get("CARILLON_KEY", "")
CAPACITY = int(os.environ.get("CARILLON_CAPACITY", "4"))


class Cancelled(Exception):
    """The task was told to stop."""


def echo(payload, run):
    return {"echo": payload}


def sleep(payload, run):
    for step in range(10):
        if run.stop.wait(payload["seconds"] / 10):
            raise Cancelled("stopped after %d of 10 steps" % step)
        run.progress((step + 1) * 10)
    return {"slept": payload["seconds"]}


def fail(payload, run):
    raise ValueError(payload)


TASKS = {"echo": echo, "sleep": sleep, "fail": fail}


class Refused(Exception):
    """An answer that will not change when the call is repeated."""

    def __init__(self, status, body):
        super().__init__("%d %s" % (status, body))
        self.status = status


def call(method, path, body=None, patience=10):
    """Calls one replica after the other until one answers, or raises OSError."""
    for url in list(URLS):
        request = urllib.request.Request(url + "/api/v1" + path, method=method)
        request.add_header("Content-Type", "application/json")
        if KEY:
            request.add_header("Authorization", "Bearer " + KEY)
        data = None if body is None else json.dumps(body).encode()
        try:
            with urllib.request.urlopen(request, data, patience) as answer:
                return json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            if error.code < 500 and error.code != 429:
                raise Refused(error.code, error.read().decode(errors="replace")) from None
        except (OSError, http.client.HTTPException):
            pass
        URLS.append(URLS.pop(0))  # the next is asked first from now on
    raise OSError("no replica answers")


class Run:
    """One execution that this worker holds."""

    def __init__(self, worker, worker_id, claimed):
        self.worker, self.claimed, self.stop, self.lost = worker, claimed, threading.Event(), False
        self.claim = {"workerId": worker_id, "epoch": claimed["epoch"]}

    def progress(self, percent, message=None):
        try:
            self.send("progress", {"percent": percent, "message": message})
        except (OSError, Refused):
            pass  # of no consequence

    def send(self, what, said):
        return call("POST", "/executions/%s/%s" % (self.claimed["id"], what), {**self.claim, **said})

    def run(self):
        try:
            result = TASKS[self.claimed["task"]](self.claimed.get("payload"), self)
            what, said = "complete", {"result": result}
        except Exception as error:
            what, said = "fail", {"code": type(error).__name__.upper(), "message": str(error)}
        while not self.lost:
            try:
                self.send(what, said)  # the same again is answered the same
                break
            except Refused as refused:
                print("outcome refused:", refused, file=sys.stderr)
                break
            except OSError:
                time.sleep(0.2)
        self.worker.held.pop(self.claimed["id"], None)
        self.worker.freed.set()


class Worker:
    def __init__(self):
        self.held, self.freed, self.stopping, self.drain = {}, threading.Event(), False, False

    def register(self):
        me = {"name": "python-%d" % os.getpid(), "tasks": list(TASKS), "capacity": CAPACITY}
        registered = call("POST", "/workers", me)
        self.id, self.heard = registered["id"], time.monotonic()
        print("registered", self.id, flush=True)

    def lose(self, runs):
        for run in runs:
            run.lost = True
            run.stop.set()

    def beat(self):
        while True:
            time.sleep(1)
            held = dict(self.held)
            try:
                answer = call("POST", "/workers/%s/heartbeat" % self.id, {"executions": list(held)}, 2)
                self.heard, self.drain = time.monotonic(), answer["drain"]
                self.lose(held[each] for each in answer["lost"])
                for each in answer["cancel"]:
                    held[each].stop.set()
            except Refused:  # the lease has ended: what it held runs elsewhere
                self.lose(held.values())
                if not self.stopping:
                    self.register()
            except OSError:
                if time.monotonic() - self.heard > 3:  # a second before the lease ends
                    self.lose(held.values())

    def work(self):
        self.register()
        threading.Thread(target=self.beat, daemon=True).start()
        while not self.stopping:
            free = CAPACITY - len(self.held)
            if free <= 0 or self.drain:
                self.freed.wait(1)
                self.freed.clear()
                continue
            try:
                me, claim = self.id, {"slots": free, "waitFor": "20s"}
                executions = call("POST", "/workers/%s/claim" % me, claim, 30)["executions"]
            except (OSError, Refused):
                time.sleep(0.2)
                continue
            if self.stopping:
                break  # leaving gives them back
            for claimed in executions:
                run = self.held[claimed["id"]] = Run(self, me, claimed)
                threading.Thread(target=run.run, daemon=True).start()

    def leave(self):
        """Finishes what runs, gives back the rest, and ends the claim that waits."""
        deadline = time.monotonic() + 20
        while self.held and time.monotonic() < deadline:
            time.sleep(0.05)
        call("DELETE", "/workers/" + self.id)


worker = Worker()
leaving = threading.Thread(target=worker.leave)


def stop(signum, frame):
    if not worker.stopping:
        worker.stopping = True
        leaving.start()


signal.signal(signal.SIGTERM, stop)
signal.signal(signal.SIGINT, stop)
worker.work()
leaving.join()
