"""Certificates and revocation lists made with openssl: good ones, and ones with any one thing wrong."""

import pathlib
import ssl
import tempfile

from revoke import openssl

LEAF = {"basicConstraints": "critical,CA:FALSE", "keyUsage": "critical,digitalSignature",
        "extendedKeyUsage": "serverAuth,clientAuth", "subjectAltName": "URI:hotline://south/tls",
        "subjectKeyIdentifier": "hash", "authorityKeyIdentifier": "keyid"}
CA = {"basicConstraints": "critical,CA:TRUE", "keyUsage": "critical,keyCertSign,cRLSign",
      "subjectKeyIdentifier": "hash", "authorityKeyIdentifier": "keyid"}
KEYS = {
    "ed25519": ["genpkey", "-algorithm", "ed25519"],
    "rsa1024": ["genpkey", "-algorithm", "rsa", "-pkeyopt", "rsa_keygen_bits:1024"],
    "rsa2050": ["genpkey", "-algorithm", "rsa", "-pkeyopt", "rsa_keygen_bits:2050"],
    "p192": ["ecparam", "-name", "prime192v1", "-genkey", "-noout"],
    "explicit": ["ecparam", "-name", "prime256v1", "-param_enc", "explicit", "-genkey", "-noout"],
    "dsa": ["genpkey", "-paramfile", "dsa.parameters"],
}
PAST = ("20200101000000Z", "20200201000000Z")
FUTURE = ("20490101000000Z", "20490201000000Z")
NOW = ("20200101000000Z", "20491231000000Z")


def without(extensions, name):
    return {key: value for key, value in extensions.items() if key != name}


def section(extensions):
    return "[extensions]\n" + "".join(f"{name} = {value}\n" for name, value in extensions.items())


class Authority:
    """A CA certificate and its key."""

    def __init__(self, certificate, key, chain=()):
        """`chain`: what a peer must show between its own certificate and the anchor."""
        self.certificate, self.key, self.chain = pathlib.Path(certificate), pathlib.Path(key), list(chain)

    @classmethod
    def create(cls, directory, name, subject=None):
        """A stranger's, signed by itself."""
        certificate, key = directory / f"{name}.crt", directory / f"{name}.key"
        openssl(*KEYS["ed25519"], "-out", key)
        with tempfile.NamedTemporaryFile("w", suffix=".cnf") as config:
            config.write("[req]\ndistinguished_name = dn\n[dn]\n" + section(CA))
            config.flush()
            openssl("req", "-x509", "-new", "-key", key, "-subj", subject or f"/CN={name}", "-days", "30", "-config", config.name,
                    "-extensions", "extensions", "-out", certificate)
        return cls(certificate, key)

    def renew(self, extensions, begins_and_ends=NOW):
        """The same CA under the same key and name, with other extensions or times."""
        with tempfile.TemporaryDirectory() as scratch:
            scratch = pathlib.Path(scratch)
            request = scratch / "request"
            openssl("x509", "-x509toreq", "-in", self.certificate, "-signkey", self.key, "-out", request)
            self._sign(scratch, request, extensions, begins_and_ends, 1, self.certificate, ["-selfsign"])

    def issue(self, directory, name, extensions=None, key="ed25519", begins_and_ends=NOW, serial=0x4A19, subject=None):
        """Writes NAME.key and NAME.crt, which holds what a peer shows: the certificate and those above it."""
        certificate, key_file = directory / f"{name}.crt", directory / f"{name}.key"
        arguments = list(KEYS[key])
        with tempfile.TemporaryDirectory() as scratch:
            scratch = pathlib.Path(scratch)
            if key == "dsa":
                openssl("genpkey", "-genparam", "-algorithm", "dsa", "-pkeyopt", "dsa_paramgen_bits:1024", "-out",
                        scratch / "dsa.parameters")
                arguments[-1] = scratch / "dsa.parameters"
            openssl(*arguments, "-out", key_file)
            key_file.chmod(0o600)
            (scratch / "req.cnf").write_text("[req]\ndistinguished_name = dn\n[dn]\n")
            openssl("req", "-new", "-key", key_file, "-subj", subject or f"/CN={name}", "-config", scratch / "req.cnf", "-out",
                    scratch / "request")
            extensions = LEAF if extensions is None else extensions
            self._sign(scratch, scratch / "request", extensions, begins_and_ends, serial, certificate)
        certificate.write_text(certificate.read_text() + "".join(above.read_text() for above in self.chain))
        return certificate, key_file

    def intermediate(self, directory, name, extensions=CA, **others):
        certificate, key = self.issue(directory, name, extensions, **others)
        return Authority(certificate, key, [certificate])

    def issue_version_1(self, directory, name):
        certificate, key = self.issue(directory, name)
        with tempfile.TemporaryDirectory() as scratch:
            request = pathlib.Path(scratch) / "request"
            openssl("x509", "-x509toreq", "-in", certificate, "-signkey", key, "-out", request)
            openssl("x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self.key, "-set_serial", "7",
                    "-out", certificate)
        return certificate, key

    def alter(self, certificate, old, new):
        """Changes bytes of a certificate of ours that no tool would write, and signs it anew (Ed25519)."""
        der = ssl.PEM_cert_to_DER_cert(certificate.read_text())
        signed = der[4 : 8 + int.from_bytes(der[6:8], "big")]
        assert der[:2] == signed[:2] == b"\x30\x82" and signed.count(old) == 1 and len(old) == len(new)
        with tempfile.TemporaryDirectory() as scratch:
            scratch = pathlib.Path(scratch)
            (scratch / "signed").write_bytes(signed.replace(old, new))
            openssl("pkeyutl", "-sign", "-rawin", "-inkey", self.key, "-in", scratch / "signed", "-out", scratch / "signature")
            altered = der[:4] + (scratch / "signed").read_bytes() + der[4 + len(signed) : -64] + (scratch / "signature").read_bytes()
        certificate.write_text(ssl.DER_cert_to_PEM_cert(altered))

    def _sign(self, scratch, request, extensions, begins_and_ends, serial, certificate, more=()):
        begins, ends = begins_and_ends
        (scratch / "index").write_text("")
        digits = f"{serial:X}"
        (scratch / "serial").write_text(("0" if len(digits) % 2 else "") + digits + "\n")
        (scratch / "ca.cnf").write_text(f"""[ca]
default_ca = party
[party]
database = {scratch}/index
serial = {scratch}/serial
new_certs_dir = {scratch}
default_md = default
policy = any
[any]
organizationName = optional
commonName = optional
""" + section(extensions))
        openssl("ca", "-batch", "-notext", "-preserveDN", "-config", scratch / "ca.cnf", "-cert", self.certificate, "-keyfile",
                self.key, *more, "-in", request, "-startdate", begins, "-enddate", ends, "-extensions", "extensions", "-out",
                certificate)

    def list(self, path, number):
        """A revocation list that names nobody, with the CRLNumber as given or none."""
        with tempfile.TemporaryDirectory() as scratch:
            scratch = pathlib.Path(scratch)
            (scratch / "index").write_text("")
            (scratch / "ca.cnf").write_text(f"""[ca]
default_ca = party
[party]
database = {scratch}/index
default_crl_days = 7
default_md = default
crl_extensions = extensions
""" + section({"authorityKeyIdentifier": "keyid", **({"crlNumber": number} if number else {})}))
            openssl("ca", "-gencrl", "-config", scratch / "ca.cnf", "-cert", self.certificate, "-keyfile", self.key, "-out",
                    path)
