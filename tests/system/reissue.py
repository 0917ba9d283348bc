"""Issues certificates of a development CA anew with openssl, for the same key: with other times, or for exercises."""

import pathlib
import tempfile

from revoke import openssl

EXERCISE_POLICY = "2.25.150689063991174703518249449088850562727"


def reissue(party_directory, name, begins, ends, serial="4A19"):
    """`name` as in "log", or "ca" for the CA itself; times as openssl writes them, 20260101000000Z."""
    party_directory = pathlib.Path(party_directory)
    certificate = party_directory / f"{name}.crt"
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        (scratch / "index").touch()
        (scratch / "serial").write_text(f"{serial}\n")
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


def issue_for_exercises(pki):
    """Has the CAs of a development PKI issue all of their certificates anew, for the same keys, with the policy of exercises."""
    for certificate in pki.glob("*/**/*.crt"):
        ca = pki / certificate.relative_to(pki).parts[0] / "ca.crt"
        if certificate == ca or not ca.exists():
            continue
        request, policy = certificate.with_suffix(".request"), certificate.with_suffix(".policy")
        policy.write_text(f"certificatePolicies = {EXERCISE_POLICY}\n")
        openssl("x509", "-x509toreq", "-in", certificate, "-signkey", certificate.with_suffix(".key"), "-copy_extensions", "copyall", "-out", request)
        openssl("x509", "-req", "-in", request, "-CA", ca, "-CAkey", ca.with_suffix(".key"), "-copy_extensions", "copyall", "-extfile", policy,
                "-days", "5", "-out", certificate)
        request.unlink()
        policy.unlink()
