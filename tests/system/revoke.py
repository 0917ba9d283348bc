"""Revokes a certificate of a development CA with openssl, as a party's own CA would: a new list with a higher number."""

import subprocess
import tempfile
import pathlib


def openssl(*arguments):
    done = subprocess.run(["openssl", *map(str, arguments)], capture_output=True, text=True)
    assert done.returncode == 0, f"openssl {arguments}: {done.stderr}"
    return done.stdout


def revoke(party_directory, certificate, next_update=None):
    """`next_update`: as openssl writes times, 20260101000000Z; without it, in seven days."""
    party_directory = pathlib.Path(party_directory)
    number = openssl("crl", "-in", party_directory / "ca.crl", "-noout", "-crlnumber").strip().split("=0x")[-1]
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        (scratch / "index").touch()
        (scratch / "number").write_text(f"{int(number.split('=')[-1], 16) + 1:04X}\n")
        (scratch / "ca.cnf").write_text(f"""[ca]
default_ca = party
[party]
database = {scratch}/index
crlnumber = {scratch}/number
default_crl_days = 7
default_md = default
crl_extensions = extensions
[extensions]
authorityKeyIdentifier = keyid
""")
        common = ["-config", scratch / "ca.cnf", "-cert", party_directory / "ca.crt", "-keyfile", party_directory / "ca.key"]
        openssl("ca", *common, "-revoke", party_directory / certificate)
        until = ["-crl_lastupdate", "20200101000000Z", "-crl_nextupdate", next_update] if next_update else []
        openssl("ca", *common, "-gencrl", *until, "-out", party_directory / "ca.crl")
