"""The signature of a release: of SHA256SUMS, which has the hashes of all its files."""
import pathlib
import subprocess
import sys

MINISIGN = "untrusted comment: minisign"


def command_for(key, sums):
    """(the command that signs, the file that it writes); the kind of the key decides."""
    head = pathlib.Path(key).read_text(errors="replace")
    if head.startswith(MINISIGN):
        signature = f"{sums}.minisig"
        return ["minisign", "-S", "-s", str(key), "-m", str(sums), "-x", signature], signature
    if "PRIVATE KEY-----" in head:
        signature = f"{sums}.sig"
        digest = ["openssl", "dgst", "-sha256"]
        return [*digest, "-sign", str(key), "-out", signature, str(sums)], signature
    sys.exit(f'release: "{key}" is not a valid key; use one of minisign -G, or RSA or EC in PEM')


def sign(key, sums):
    """Signs; the tool asks for the key's password, if it has one. Returns the signature's path."""
    command, signature = command_for(key, sums)
    if subprocess.run(command, check=False).returncode != 0:
        sys.exit(f"release: {command[0]} could not sign with {key}")
    return pathlib.Path(signature)
