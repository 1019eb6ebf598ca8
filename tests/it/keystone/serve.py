"""A Keystone server on loopback, for the tests: `serve.py FOLDER`.

All data is in FOLDER, which is removed at the end. Tokens are valid for an hour. The user admin has
the password admin. Prints `ready ADDRESS` once it accepts requests, and exits when its standard input
is closed, so that it can't outlive the test.
"""

import grp
import os
import pwd
import shutil
import sys
import threading
import warnings

warnings.simplefilter("ignore")
folder = os.path.abspath(sys.argv[1])
# Keystone reads the remaining arguments.
del sys.argv[1:]

from werkzeug.serving import WSGIRequestHandler, make_server


class Quiet(WSGIRequestHandler):
    # A connection without a request must not block the others.
    timeout = 10

    def log_request(self, *_):
        pass


# The port is bound before the slow part. One request at a time, since SQLite fails if concurrent transactions write.
server = make_server("127.0.0.1", 0, None, request_handler=Quiet)
address = f"http://127.0.0.1:{server.server_port}"
settings = os.path.join(folder, "keystone.conf")
with open(settings, "w") as file:
    file.write(f"""
[DEFAULT]
use_stderr = true
[database]
connection = sqlite:///{folder}/keystone.db
sqlite_synchronous = false
[identity]
password_hash_rounds = 4
max_password_length = 72
[fernet_tokens]
key_repository = {folder}/fernet
[fernet_receipts]
key_repository = {folder}/fernet
[credential]
key_repository = {folder}/credential
""")

from keystone.cmd import cli


def manage(*arguments):
    """Runs a command in a fork, which reuses the imports and keeps its global settings to itself."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            cli.main(["keystone-manage", "--config-file", settings, *arguments])
            code = 0
        except SystemExit as end:
            code = 1 if end.code else 0
        finally:
            os._exit(code)
    if os.waitpid(child, 0)[1] != 0:
        sys.exit(f"{arguments[0]} failed")


manage("db_sync")
user, group = pwd.getpwuid(os.geteuid()).pw_name, grp.getgrgid(os.getegid()).gr_name
manage("fernet_setup", "--keystone-user", user, "--keystone-group", group)
manage("bootstrap", "--bootstrap-password", "admin")

os.environ["OS_KEYSTONE_CONFIG_FILES"] = settings
from keystone.server.wsgi import initialize_public_application

server.app = initialize_public_application()


def end_with_input():
    sys.stdin.read()
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(0)


threading.Thread(target=end_with_input, daemon=True).start()
print(f"ready {address}", flush=True)
server.serve_forever()
