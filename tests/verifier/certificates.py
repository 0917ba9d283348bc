"""The certificates of an export: what they say, read as strict DER (X.690, RFC 5280), and whether OpenSSL finds that the CA
issued them. A fault is a ValueError with the reason. Time is not judged here: validity is part of the answer."""

import base64
import functools
import re
import subprocess
from datetime import datetime, timezone
from typing import NamedTuple

import ed25519

PURPOSES = ("log", "receipt", "witness")  # The keys that sign notes: the last part of the name's URI.

ED25519_OID = "1.3.101.112"
BASIC_CONSTRAINTS, ALTERNATIVE_NAME, EXTENDED_KEY_USAGE = "2.5.29.19", "2.5.29.17", "2.5.29.37"

BOOLEAN, BIT_STRING, OCTET_STRING, OID = 0x01, 0x03, 0x04, 0x06
UTC_TIME, GENERALIZED_TIME, SEQUENCE = 0x17, 0x18, 0x30
VERSION, EXTENSIONS, URI = 0xA0, 0xA3, 0x86  # Context tags where they are met here.


class Certificate(NamedTuple):
    public_key: bytes  # Raw; empty where it is not Ed25519.
    names: list  # subjectAltName: (tag, bytes)
    has_usages: bool  # An extended key usage, which no key has that signs notes.
    is_ca: bool
    not_before_s: int
    not_after_s: int  # The last second it holds.


def elements(data):
    """(tag, contents) of the DER elements that fill `data`."""
    result, position = [], 0
    while position < len(data):
        if len(data) - position < 2:
            raise ValueError("DER ends within an element")
        tag, size = data[position], data[position + 1]
        position += 2
        if tag & 0x1F == 0x1F:
            raise ValueError("a DER tag of several bytes")
        if size >= 0x80:
            count = size & 0x7F
            size_bytes = data[position : position + count]
            size = int.from_bytes(size_bytes, "big")
            if not 1 <= count <= 4 or len(size_bytes) != count or size < 0x80 or size_bytes[0] == 0:
                raise ValueError("a DER length that is not the shortest")
            position += count
        if size > len(data) - position:
            raise ValueError("a DER element longer than what holds it")
        result.append((tag, data[position : position + size]))
        position += size
    return result


def only(data, tag):
    found = elements(data)
    if len(found) != 1 or found[0][0] != tag:
        raise ValueError(f"expected one DER element {tag:#x}")
    return found[0][1]


def whole_bytes(bit_string):
    if not bit_string or bit_string[0] != 0:
        raise ValueError("a bit string that is not of whole bytes")
    return bit_string[1:]


def dotted(oid):
    if not oid or oid[-1] & 0x80:
        raise ValueError("an OID without its end")
    arcs, value = [], 0
    for byte in oid:
        if value == 0 and byte == 0x80:
            raise ValueError("an OID that is not the shortest")
        value = value << 7 | byte & 0x7F
        if not byte & 0x80:
            arcs.append(value)
            value = 0
    first = min(arcs[0] // 40, 2)
    return ".".join(map(str, [first, arcs[0] - 40 * first, *arcs[1:]]))


def seconds(tag, text):
    layout = {UTC_TIME: r"\d{12}Z", GENERALIZED_TIME: r"\d{14}Z"}.get(tag)
    text = text.decode("ascii")
    if layout is None or not re.fullmatch(layout, text, re.ASCII):
        raise ValueError("a validity that is not DER")
    if tag == UTC_TIME:
        text = ("20" if text[:2] < "50" else "19") + text
    return int(datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=timezone.utc).timestamp())


def from_pem(pem):
    """The DER of a file that holds one certificate as OpenSSL writes it, and nothing else."""
    match = re.fullmatch(rb"-----BEGIN CERTIFICATE-----\n([A-Za-z0-9+/=\n]+)-----END CERTIFICATE-----\n", pem)
    if match is None:
        raise ValueError("not one certificate as PEM")
    der = base64.b64decode(match[1].replace(b"\n", b""))
    if to_pem(der) != pem:
        raise ValueError("PEM in another form than the canonical one")
    return der


def to_pem(der):
    text = base64.b64encode(der)
    lines = [text[i : i + 64] for i in range(0, len(text), 64)]
    return b"\n".join([b"-----BEGIN CERTIFICATE-----", *lines, b"-----END CERTIFICATE-----", b""])


def parse(der):
    body, _, signature = elements(only(der, SEQUENCE))
    if body[0] != SEQUENCE or signature[0] != BIT_STRING:
        raise ValueError("not a certificate")
    whole_bytes(signature[1])
    fields = elements(body[1])
    if fields[0][0] != VERSION or fields[-1][0] != EXTENSIONS or len(fields) != 8:
        raise ValueError("not a version 3 certificate with extensions")
    not_before, not_after = elements(fields[4][1])
    algorithm, key = elements(fields[6][1])
    extensions = {}
    for _, extension in elements(only(fields[7][1], SEQUENCE)):
        parts = elements(extension)
        oid = dotted(parts[0][1])
        if oid in extensions:
            raise ValueError(f"extension {oid} twice")
        extensions[oid] = parts[-1][1]
    names = elements(only(extensions.get(ALTERNATIVE_NAME, b"\x30\x00"), SEQUENCE))
    constraints = elements(only(extensions.get(BASIC_CONSTRAINTS, b"\x30\x00"), SEQUENCE))
    is_ed25519 = elements(algorithm[1])[0] == (OID, bytes([0x2B, 0x65, 0x70])) and len(elements(algorithm[1])) == 1
    return Certificate(
        public_key=whole_bytes(key[1]) if is_ed25519 else b"",
        names=names,
        has_usages=EXTENDED_KEY_USAGE in extensions,
        is_ca=any(tag == BOOLEAN and value != b"\x00" for tag, value in constraints),
        not_before_s=seconds(*not_before),
        not_after_s=seconds(*not_after),
    )


class Authority:
    """A party's CA certificate, from the trust directory."""

    def __init__(self, path):
        self.path = path
        pem = path.read_bytes()
        # Whoever trusts it may have kept OpenSSL's text above it.
        match = re.search(rb"-----BEGIN CERTIFICATE-----\n.*?-----END CERTIFICATE-----\n", pem, re.DOTALL)
        if match is None:
            raise ValueError(f"{path}: no certificate")
        self.certificate = parse(from_pem(match[0]))

    @functools.lru_cache(maxsize=10_000)
    def check(self, pem, party, purpose):
        """The certificate in `pem`, when this authority certifies `party` for `purpose` by it."""
        try:
            certificate = parse(from_pem(pem))
        except (ValueError, IndexError, OverflowError) as error:
            raise ValueError(f"cannot be read: {error}") from None
        if certificate.names != [(URI, f"hotline://{party}/{purpose}".encode())]:
            raise ValueError(f"does not name {party} and the purpose {purpose}")
        if certificate.has_usages:
            raise ValueError("is for another use too")
        if certificate.is_ca:
            raise ValueError("is a CA's")
        if not ed25519.is_good_key(certificate.public_key):
            raise ValueError("its key is not a good Ed25519 key")
        command = ["openssl", "verify", "-x509_strict", "-purpose", "any", "-auth_level", "2", "-no_check_time"]
        command += ["-no-CApath", "-no-CAstore", "-CAfile", str(self.path)]
        done = subprocess.run(command, input=pem, capture_output=True, check=False)
        if done.returncode != 0 or done.stdout != b"stdin: OK\n":
            lines = done.stderr.decode(errors="replace").strip().split("\n")
            reason = next((line for line in lines if line.startswith("error ")), lines[0])
            raise ValueError(f"does not chain to {self.path.name}: {reason}")
        return certificate
