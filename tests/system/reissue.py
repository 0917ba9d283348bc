"""Issues a certificate of a development CA anew with openssl, for the same key and with other times."""

import pathlib
import tempfile

from revoke import openssl


def reissue(party_directory, name, begins, ends):
    """`name` as in "log"; times as openssl writes them, 20260101000000Z."""
    party_directory = pathlib.Path(party_directory)
    certificate = party_directory / f"{name}.crt"
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        (scratch / "index").touch()
        (scratch / "serial").write_text("4A19\n")
        (scratch / "ca.cnf").write_text(f"""[ca]
default_ca = party
[party]
database = {scratch}/index
serial = {scratch}/serial
new_certs_dir = {scratch}
default_md = default
policy = any
copy_extensions = copyall
[any]
organizationName = optional
commonName = optional
""")
        openssl("x509", "-x509toreq", "-in", certificate, "-signkey", party_directory / f"{name}.key", "-copy_extensions", "copyall",
                "-out", scratch / "request")
        openssl("ca", "-batch", "-notext", "-preserveDN", "-config", scratch / "ca.cnf", "-cert", party_directory / "ca.crt",
                "-keyfile", party_directory / "ca.key", "-in", scratch / "request", "-startdate", begins, "-enddate", ends,
                "-out", certificate)
