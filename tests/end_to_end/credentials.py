"""What the kinds of credentials need on a machine: certificates, a pod's token, Arc's directory."""
import base64
import json
import os
import pathlib
import subprocess
import time
import uuid

# Where the Azure Arc agent, and so every client of it, has its keys.
ARC_TOKENS = pathlib.Path("/var/opt/azcmagent/tokens")
# What would make a client look elsewhere; empty counts as absent.
NOWHERE = dict.fromkeys(
    [
        "IDENTITY_ENDPOINT", "IDENTITY_HEADER", "IDENTITY_SERVER_THUMBPRINT", "IMDS_ENDPOINT",
        "MSI_ENDPOINT", "MSI_SECRET", "AZURE_POD_IDENTITY_AUTHORITY_HOST", "AZURE_TENANT_ID",
        "AZURE_CLIENT_ID", "AZURE_FEDERATED_TOKEN_FILE", "AZURE_AUTHORITY_HOST",
    ],
    "",
)


def openssl(*arguments, data=None):
    command = ["openssl", *map(str, arguments)]
    return subprocess.run(command, input=data, capture_output=True, check=True).stdout


def make_certificate(folder):
    """A key with its certificate in one file, as auth.client_certificate_file wants it, and the
    certificate alone, as a registration has it."""
    key, public, both = folder / "key.pem", folder / "certificate.pem", folder / "both.pem"
    openssl(
        "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=kustodrop",
        "-keyout", key, "-out", public,
    )
    both.touch(mode=0o600)
    both.write_bytes(key.read_bytes() + public.read_bytes())
    return both, public


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decoded(assertion, part):
    text = assertion.split(".")[part]
    return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


def header_of(assertion):
    return decoded(assertion, 0)


def claims_of(assertion):
    return decoded(assertion, 1)


class Pod:
    """The token that a cluster projects into a pod, and the cluster's public key."""

    def __init__(self, folder):
        self.key, self.public = folder / "issuer.pem", folder / "issuer-public.pem"
        self.file = folder / "azure-identity-token"
        openssl("genrsa", "-out", self.key, "2048")
        openssl("rsa", "-in", self.key, "-pubout", "-out", self.public)
        self.rotate()

    def rotate(self):
        """Another token, put in place as the kubelet does it."""
        now = int(time.time())
        claims = {
            "iss": "https://issuer.emulator",
            "sub": "system:serviceaccount:default:kustodrop",
            "aud": ["api://AzureADTokenExchange"],
            "iat": now, "nbf": now, "exp": now + 3600, "jti": str(uuid.uuid4()),
        }
        header = {"alg": "RS256", "kid": "one"}
        text = ".".join(base64url(json.dumps(part).encode()) for part in (header, claims))
        signature = openssl("dgst", "-sha256", "-sign", self.key, data=text.encode())
        draft = self.file.with_suffix(".draft")
        draft.write_text(f"{text}.{base64url(signature)}")
        os.replace(draft, self.file)


def arc_is_possible():
    """Whether this process may write where the agent writes (as root it may)."""
    try:
        ARC_TOKENS.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(ARC_TOKENS, os.W_OK)


def arc_environment(emulator):
    return {"IDENTITY_ENDPOINT": emulator.ready["arc_endpoint"], "IMDS_ENDPOINT": emulator.endpoint}


def app_service_environment(emulator):
    return {
        "IDENTITY_ENDPOINT": emulator.ready["app_service_endpoint"],
        "IDENTITY_HEADER": emulator.ready["identity_header"],
    }


def pod_environment(emulator, pod):
    return {
        "AZURE_TENANT_ID": emulator.ready["tenant"],
        "AZURE_CLIENT_ID": emulator.ready["client_id"],
        "AZURE_FEDERATED_TOKEN_FILE": str(pod.file),
    }
