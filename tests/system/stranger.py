"""A stranger with openssl at a daemon's port, or in the place that a daemon dials: any certificate, any TLS."""

import socket
import ssl
import threading

HANG_S = 20


def context(use, chain=None, version=ssl.TLSVersion.TLSv1_3, protocol="hotline/1"):
    """`chain`: certificate and key files. Nothing is too weak for it."""
    made = ssl.SSLContext(use)
    made.set_ciphers("ALL:@SECLEVEL=0")
    made.check_hostname = False
    made.verify_mode = ssl.CERT_NONE
    made.minimum_version = made.maximum_version = version
    made.set_alpn_protocols([protocol])
    if chain:
        made.load_cert_chain(*chain)
    return made


class Knock:
    """One connection to a daemon. `shook_hands`: the handshake ended well here; `greeted`: the daemon took us, and says its
    hello; otherwise `said` is how it ended. `ticket`: it left us something to resume with."""

    def __init__(self, port, chain=None, **others):
        self.shook_hands, self.greeted, self.said, self.ticket = False, False, "", False
        made = context(ssl.PROTOCOL_TLS_CLIENT, chain, **others)
        with socket.create_connection(("127.0.0.1", port), timeout=HANG_S) as plain:
            try:
                with made.wrap_socket(plain) as stream:
                    self.shook_hands = True
                    first = stream.recv(65536)
                    self.greeted = b"HLFR" in first
                    self.ticket = stream.session is not None and stream.session.has_ticket
                    self.said = "a hello" if self.greeted else f"{len(first)} bytes"
            except (ssl.SSLError, ConnectionError) as error:
                self.said = str(error)


class Impostor:
    """Listens in the peer's place and answers each connection with the chain in `chain`. Use as a context manager."""

    def __init__(self, chain, ca=None, version=ssl.TLSVersion.TLSv1_3):
        """`ca`: whose certificates it takes; without one, anybody's."""
        self.context = context(ssl.PROTOCOL_TLS_SERVER, chain, version)
        if ca:
            self.context.verify_mode = ssl.CERT_REQUIRED
            self.context.load_verify_locations(ca)
        self.calls = 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join()

    def _serve(self):
        while True:
            try:
                plain, _ = self.listener.accept()
            except OSError:
                return
            self.calls += 1
            plain.settimeout(HANG_S)
            try:
                with self.context.wrap_socket(plain, server_side=True) as stream:
                    while stream.recv(65536):
                        pass
            except OSError:  # ssl.SSLError is one.
                pass
            finally:
                plain.close()
