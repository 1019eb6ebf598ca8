"""Captures what openstacksdk sends to the identity service: `capture.py < VARIANTS > BODIES`, both JSON.

A variant is a set of variables and a folder, which is the working directory and the home directory. Each variant
runs in its own process, since openstacksdk reads both when it is imported.
"""

import json
import multiprocessing
import os
import sys
import threading
import warnings
from http.server import BaseHTTPRequestHandler, HTTPServer

# Imported before the fork, since these are slow and read no variables.
import keystoneauth1.session  # noqa: F401
import requests  # noqa: F401
import yaml  # noqa: F401

warnings.simplefilter("ignore")


class Identity(BaseHTTPRequestHandler):
    """An identity service that returns its version and rejects every request for a token."""

    bodies: list = []

    def do_GET(self) -> None:
        url = f"http://127.0.0.1:{self.server.server_port}/v3/"
        version = {"id": "v3.14", "status": "stable", "links": [{"rel": "self", "href": url}]}
        is_root = self.path.strip("/") == ""
        self.answer(200, {"versions": {"values": [version]}} if is_root else {"version": version})

    def do_POST(self) -> None:
        self.bodies.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
        self.answer(401, {"error": {"code": 401, "message": "no", "title": "Unauthorized"}})

    def answer(self, status: int, body: dict) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_) -> None:
        pass


def capture(variant: dict) -> dict:
    server = HTTPServer(("127.0.0.1", 0), Identity)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    root = f"http://127.0.0.1:{server.server_port}"
    put = lambda text: text.replace("URL", f"{root}/v3").replace("ROOT", root)  # noqa: E731
    os.environ.clear()
    os.environ.update({name: put(value) for name, value in variant["variables"].items()}, HOME=variant["folder"])
    os.chdir(variant["folder"])
    for name in ("clouds", "secure"):
        if variant.get(name):
            with open(f"{name}.yaml", "w") as file:
                file.write(put(variant[name]))
    try:
        from openstack.config import OpenStackConfig

        OpenStackConfig().get_one().get_session().get_token()
        error = "has a token"
    except Exception as failure:
        error = f"{type(failure).__name__}: {failure}"
    return {"body": Identity.bodies[0]} if Identity.bodies else {"error": error}


if __name__ == "__main__":
    with multiprocessing.get_context("fork").Pool(2, maxtasksperchild=1) as pool:
        json.dump(pool.map(capture, json.load(sys.stdin), chunksize=1), sys.stdout)
