"""A mail server on 127.0.0.1 that can be down, slow or refuse, and keeps what it takes. It speaks as much SMTP as Odoo needs."""

import email
import socket
import socketserver
import threading
from collections import Counter

SLOW = 25  # seconds of silence before a slow one says anything


class MailServer:
    """`mode` is ok, slow, refusing or down, and may be changed at any time.

    `taken` counts who was sent what by subject, `letters` by the number that each message bears.
    """

    def __init__(self, mode="ok"):
        self.taken, self.letters, self.mode, self._server = Counter(), Counter(), "down", None
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.turn(mode)

    def turn(self, mode):
        if (mode == "down") != (self._server is None):
            if self._server:
                self._server.shutdown()
                self._server.server_close()
                self._server = None
            else:
                self._listen()
        self.mode = mode

    def _listen(self):
        outer = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self):
                outer.talk(self)

        class Listener(socketserver.ThreadingTCPServer):
            allow_reuse_address = daemon_threads = True
            block_on_close = False

        self._over = threading.Event()
        self._server = Listener(("127.0.0.1", self.port), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self):
        self._over.set()
        self.turn("down")

    def talk(self, peer):
        """One conversation, of at most so many lines."""
        def say(line):
            peer.wfile.write(f"{line}\r\n".encode())

        try:
            if self.mode == "slow" and self._over.wait(SLOW):
                return
            say("220 here")
            receivers = []
            for _line in range(10_000):
                words = peer.rfile.readline().decode(errors="replace").strip()
                verb = words[:4].upper()
                if verb == "EHLO":
                    say("250 here")
                elif verb == "MAIL":
                    receivers = []
                    say("451 come again later" if self.mode == "refusing" else "250 yes")
                elif verb == "RCPT":
                    receivers.append(words.partition("<")[2].partition(">")[0])
                    say("250 yes")
                elif verb == "DATA":
                    say("354 go on")
                    self._take(peer, receivers)
                    say("250 taken")
                elif verb == "QUIT" or not words:
                    say("221 bye")
                    return
                else:
                    say("250 yes")
        except OSError:
            pass

    def _take(self, peer, receivers):
        lines = []
        while (line := peer.rfile.readline()) and line != b".\r\n":
            lines.append(line)
        message = email.message_from_bytes(b"".join(lines))
        for receiver in receivers:
            self.taken[receiver, str(message["Subject"])] += 1
            self.letters[receiver, str(message["Message-Id"])] += 1
