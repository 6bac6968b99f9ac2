"""A receiver of webhooks on loopback: what came, by its id, and how often."""
import http.server
import json
import ssl
import threading
from collections import Counter


class Receiver:
    """It answers 204 to whatever comes, and never forgets."""

    def __init__(self, certificate, key):
        self.lock = threading.Lock()
        # How often each webhook-id came, and what it told of the first time.
        self.times = Counter()
        self.told = {}
        # Those that came again with other words than the first time.
        self.changed = set()
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
                receiver.note(self.headers.get("webhook-id", ""), body)
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        # The handshake in the thread of the connection: one that never comes holds up no other.
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"https://127.0.0.1:{self.server.server_port}/hook"

    def note(self, id, body):
        told = json.loads(body)
        with self.lock:
            self.times[id] += 1
            if self.told.setdefault(id, told) != told:
                self.changed.add(id)

    def close(self):
        self.server.shutdown()
        self.server.server_close()
