#!/usr/bin/env python3
"""Where the static program finds certificates, in roots that hold nothing else: the places of each
distribution, what the environment names, nothing at all, and an openssl.cnf that cannot be met."""
import os
import pathlib
import subprocess
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE.parent / "end_to_end"))
from harness import EndToEnd  # noqa: E402

BUILT = pathlib.Path(os.environ.get("KUSTODROP_RELEASE", ROOT / "build" / "static" / "release"))
BUNDLES = {
    "Debian, Alpine": "/etc/ssl/certs/ca-certificates.crt",
    "RHEL": "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "older RHEL": "/etc/pki/tls/certs/ca-bundle.crt",
    "SUSE": "/var/lib/ca-certificates/ca-bundle.pem",
    "Alpine": "/etc/ssl/cert.pem",
    "FreeBSD": "/usr/local/share/certs/ca-root-nss.crt",
}
# As hosts do that demand validated cryptography.
DEMANDING = """\
openssl_conf = init
[init]
providers = all
alg_section = algorithms
[all]
fips = one
[one]
activate = 1
module = /nonexistent/fips.so
[algorithms]
default_properties = fips=yes
"""
UNREACHABLE = 69


class Certificates(EndToEnd):
    def setUp(self):
        super().setUp()
        self.at = self.emulator(https=True)
        self.authority = self.at.ready["ca_file"]
        self.configured = self.daemon(self.at)
        self.configured.write()

    def check(self, *kept, code, **environment):
        """What `check` says in a root with the test's folder and `kept`, PATH:TARGET each."""
        program = BUILT / "kustodrop"
        keep = [str(self.folder), "/dev/null", f"{program}:/kustodrop", *kept]
        command = [sys.executable, "-B", HERE / "confined.py", "--root"]
        for one in keep:
            command += ["--keep", one]
        command += ["/kustodrop", "check", "--config", self.configured.config_path]
        clean = {"PATH": os.environ["PATH"], **environment}
        ended = subprocess.run(
            [str(one) for one in command], capture_output=True, text=True, check=False, env=clean
        )
        self.assertEqual(ended.returncode, code, f"{kept}\n{ended.stdout}{ended.stderr}")
        return ended.stdout

    def test_each_distribution_keeps_them_elsewhere(self):
        for name, place in BUNDLES.items():
            with self.subTest(name):
                self.check(f"{self.authority}:{place}", code=0)

    def test_a_folder_by_hashes_as_suse_has_it(self):
        ended = subprocess.run(
            ["openssl", "x509", "-hash", "-noout", "-in", self.authority],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        name = f"{ended.stdout.strip()}.0"
        self.check(f"{self.authority}:/var/lib/ca-certificates/openssl/{name}", code=0)
        self.check(f"{self.authority}:/srv/{name}", code=0, SSL_CERT_DIR="/srv")

    def test_what_the_environment_names(self):
        self.check(f"{self.authority}:/srv/ca.pem", code=0, SSL_CERT_FILE="/srv/ca.pem")
        place = f"{self.authority}:{BUNDLES['RHEL']}"
        said = self.check(place, code=UNREACHABLE, SSL_CERT_FILE="/nonexistent/ca.pem")
        self.assertIn("SSL_CERT_FILE is /nonexistent/ca.pem, which holds no certificates", said)

    def test_none_at_all_is_one_clear_error(self):
        said = self.check(code=UNREACHABLE)
        self.assertEqual(said.count("FAIL"), 1, said)
        self.assertIn("this machine has no CA certificates", said)

    def test_what_openssl_cnf_of_the_host_demands_has_no_effect(self):
        demanding = self.folder / "openssl.cnf"
        demanding.write_text(DEMANDING)
        places = ("/usr/lib/ssl/openssl.cnf", "/etc/ssl/openssl.cnf", "/etc/pki/tls/openssl.cnf")
        kept = [f"{demanding}:{place}" for place in places]
        self.check(f"{self.authority}:{BUNDLES['RHEL']}", *kept, code=0)
        self.check(f"{self.authority}:{BUNDLES['RHEL']}", code=0, OPENSSL_CONF=str(demanding))


if __name__ == "__main__":
    if os.geteuid() != 0 or not (BUILT / "kustodrop").exists():
        print("skipped: it needs root, and static programs (./dev release builds them)")
        sys.exit(77)
    os.environ.setdefault("KUSTODROP", str(BUILT / "kustodrop"))
    os.environ.setdefault("KUSTODROP_EMULATOR", str(BUILT / "kustodrop-emulator"))
    unittest.main()
