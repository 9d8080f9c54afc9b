"""A service that only a proxy reaches: its names resolve nowhere, its certificates are its own."""
import pathlib
import urllib.parse

HOST = "far-emulator"  # Without a dot: accounts stand in the path, as in Azurite.
LOGIN = "login.emulator.test"


def far_emulator(test, **options):
    names = {"advertise": HOST, "name": [LOGIN]}
    return test.emulator(https=True, proxy_port=0, **names, **options)


def port_of(url):
    return urllib.parse.urlsplit(url).port


def far_daemon(test, emulator, proxy=None, **network):
    """A daemon configured for it; `proxy` None is the emulator's, empty is none."""
    ready = emulator.ready
    proxy = ready["proxy"] if proxy is None else proxy
    return test.daemon(
        emulator,
        cluster={
            "trusted_hosts": [HOST],
            "trusted_storage_hosts": [HOST],
        },
        auth={"authority_host": f"https://{LOGIN}:{port_of(emulator.endpoint)}"},
        network={"proxy": proxy, "ca_file": ready["ca_file"], **network},
    )


def places(emulator):
    """What a daemon connects to, by kind, as "host:port"."""
    ready = emulator.ready
    return {
        "login": f"{LOGIN}:{port_of(ready['endpoint'])}",
        "ingestion": f"{HOST}:{port_of(ready['endpoint'])}",
        "blob": f"{HOST}:{port_of(ready['blob_endpoint'])}",
        "queue": f"{HOST}:{port_of(ready['queue_endpoint'])}",
    }


def peers(pid):
    """The remote ports of a process's TCP connections right now."""
    inodes = set()
    for link in pathlib.Path(f"/proc/{pid}/fd").iterdir():
        try:
            target = str(link.readlink())
        except OSError:
            continue
        if target.startswith("socket:["):
            inodes.add(target[8:-1])
    found = set()
    for table in ("tcp", "tcp6"):
        for line in pathlib.Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[9] in inodes and fields[3] in ("01", "02"):
                found.add(int(fields[2].rsplit(":", 1)[1], 16))
    return found
