#!/usr/bin/env python3
"""The units: what each version of systemd makes of them, and that both are the same service."""
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

from machine import ROOT

UNITS = ROOT / "systemd"
# RHEL 8 has 239, Ubuntu 20.04 245, Debian 11 247, Ubuntu 22.04 249, Debian 12 and RHEL 9 252,
# Debian 13 257. A directive that is not known is left out with a warning.
OLDEST = 239
# {directive: the version of systemd that knows it first}, of what OLDEST does not know.
NEWER = {
    "RestrictSUIDSGID": 242,
    "ProtectHostname": 242,
    "ProtectKernelLogs": 244,
    "WatchdogSignal": 244,
    "ProtectClock": 245,
    "ProtectProc": 247,
    "ProcSubset": 247,
    "PrivateIPC": 248,
    "NoExecPaths": 248,
    "ExecPaths": 248,
}
OLD = {
    "Description", "Documentation", "Wants", "After", "ConditionPathExists",
    "StartLimitIntervalSec", "Type", "NotifyAccess", "EnvironmentFile", "ExecStart", "ExecReload",
    "Restart", "RestartSec", "TimeoutStartSec", "TimeoutStopSec", "WatchdogSec", "KillMode",
    "LimitCORE", "LimitNOFILE", "MemoryMax", "TasksMax", "User", "Group", "SupplementaryGroups",
    "UMask", "StateDirectory", "StateDirectoryMode", "RuntimeDirectory", "RuntimeDirectoryMode",
    "RuntimeDirectoryPreserve", "ReadWritePaths", "NoNewPrivileges", "CapabilityBoundingSet",
    "AmbientCapabilities", "ProtectSystem", "ProtectHome", "PrivateTmp", "PrivateDevices",
    "PrivateMounts", "DevicePolicy", "PrivateUsers", "ProtectKernelTunables",
    "ProtectKernelModules", "ProtectControlGroups", "RestrictAddressFamilies",
    "RestrictNamespaces", "RestrictRealtime", "RemoveIPC", "LockPersonality",
    "MemoryDenyWriteExecute", "KeyringMode", "SystemCallArchitectures", "SystemCallFilter",
    "SystemCallErrorNumber", "WantedBy",
}  # fmt: skip
# Without these the service would not work: no version may be without them.
NEEDED = {"Type", "ExecStart", "User", "StateDirectory", "RuntimeDirectory", "ReadWritePaths"}
# What the sets of system calls of older versions lack, and a newer C library calls.
CALLS = {"clone3", "close_range", "epoll_pwait2", "faccessat2", "openat2", "rseq", "statx"}


def directives(name):
    """[(directive, value)] in the order of the file."""
    text = (UNITS / name).read_text()
    return re.findall(r"(?m)^([A-Za-z]+)=(.*)$", text)


def with_its_own_program(name, folder):
    """A copy whose program exists here and whose manual is not looked for."""
    text = (UNITS / name).read_text()
    text = re.sub("(?m)^Documentation=.*\n", "", text)
    copy = pathlib.Path(folder) / name.replace("@", "@web")
    copy.write_text(text.replace("/usr/bin/kustodrop", "/bin/true"))
    return copy


class Units(unittest.TestCase):
    def test_each_directive_has_a_version(self):
        for unit in ("kustodrop.service", "kustodrop@.service"):
            for name, _ in directives(unit):
                self.assertTrue(name in OLD or name in NEWER, f"{unit}: since when is {name}?")

    def test_what_older_versions_leave_out_only_hardens(self):
        self.assertFalse(OLD & set(NEWER))
        self.assertLessEqual(NEEDED, OLD)
        for name, since in NEWER.items():
            self.assertGreater(since, OLDEST)
            # A path that only a newer version may execute is closed by it too.
            self.assertRegex(name, "^(Restrict|Protect|Proc|Private|NoExec|Exec|WatchdogSignal)")

    def test_a_newer_c_library_starts_threads_under_an_older_systemd(self):
        for unit in ("kustodrop.service", "kustodrop@.service"):
            filters = [value for name, value in directives(unit) if name == "SystemCallFilter"]
            self.assertEqual(filters[0], "@system-service")
            self.assertEqual(set(filters[1].split()), CALLS)

    def test_an_instance_is_the_same_service_with_files_of_its_own(self):
        changed = {
            "Description", "ConditionPathExists", "ExecStart", "ExecReload", "StateDirectory",
            "RuntimeDirectory",
        }  # fmt: skip
        single, template = directives("kustodrop.service"), directives("kustodrop@.service")
        self.assertEqual([name for name, _ in single], [name for name, _ in template])
        for (name, value), (_, other) in zip(single, template):
            (self.assertNotEqual if name in changed else self.assertEqual)(value, other, name)
        for name in changed:
            self.assertIn("%i", dict(template)[name])

    def test_an_instance_does_not_lose_its_socket_with_another(self):
        # systemd removes a runtime directory with all that is below it.
        single = dict(directives("kustodrop.service"))["RuntimeDirectory"]
        template = dict(directives("kustodrop@.service"))["RuntimeDirectory"]
        self.assertFalse(template.startswith(single + "/"))

    @unittest.skipUnless(shutil.which("systemd-analyze"), "systemd is not installed")
    def test_systemd_has_nothing_against_them(self):
        with tempfile.TemporaryDirectory(prefix="kd-units-") as folder:
            for unit in ("kustodrop.service", "kustodrop@.service"):
                ended = subprocess.run(
                    ["systemd-analyze", "verify", with_its_own_program(unit, folder)],
                    capture_output=True, text=True, check=False,
                )  # fmt: skip
                ours = [one for one in ended.stderr.splitlines() if "kustodrop" in one]
                self.assertEqual(ours, [], unit)


if __name__ == "__main__":
    unittest.main()
