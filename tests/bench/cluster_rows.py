"""Several clusters in one daemon: what the trouble of one costs the others."""
import signal

from data import move_all, write_many
from repeating import Ratio, pairs
from shipping import Shipment
from stand import KIB, Stand, Usage, counting, start

from waiting import now, until

def entry(sink):
    """A cluster of `clusters:`."""
    one = {name: sink.ready[name] for name in ("client_id", "client_secret")}
    auth = {"kind": "client_secret", "tenant_id": sink.ready["tenant"], **one}
    return {"ingestion_endpoint": sink.endpoint, "auth": auth}


def beside(count, answers):
    """`count` files of 1 KB to one cluster, with a second that has nothing to do, or that takes
    connections and answers nothing while files wait for it."""
    with Stand() as stand:
        well, other = stand.sink(), stand.sink()
        authorities = stand.folder / "authorities.pem"
        authorities.write_text("".join(
            open(one.ready["ca_file"]).read() for one in (well, other)))
        folders = {name: stand.folder / f"drop-{name}" for name in ("well", "other")}
        for folder in folders.values():
            folder.mkdir()
        watches = [{"name": name, "path": str(folder), "cluster": name, "format": "json"}
                   for name, folder in folders.items()]
        daemon = stand.daemon(well, watches=watches, network={"ca_file": str(authorities)})
        del daemon.settings["cluster"], daemon.settings["auth"]
        daemon.settings["clusters"] = {"well": entry(well), "other": entry(other)}
        daemon.write()
        start(daemon)
        for folder in folders.values():
            until("the folders", (folder / ".kustodrop" / "work").exists)
        if not answers:
            until("its resources", lambda: other.requests(service="management") > 0)
            other.program.send(signal.SIGSTOP)
            write_many(stand.folder / "others", max(count // 10, 1), KIB)
            move_all(stand.folder / "others", folders["other"])
        write_many(stand.folder / "staged", count, KIB)
        out = Shipment(count, count * KIB)
        before, began = Usage(daemon.program.pid), now()
        move_all(stand.folder / "staged", folders["well"])
        first, done, end = counting("all files are through", daemon, well.posted, count)
        out.rate, out.seconds = (count - done) / max(end - first, 1e-3), end - began
        out.cpu = Usage(daemon.program.pid).cpu - before.cpu
        if not answers:
            other.program.send(signal.SIGCONT)
        return out


def clusters(figures, scale, context):
    """10 000 files of 1 KB for one cluster while 1 000 wait for another that is silent."""
    count = 10_000 // scale
    rate, cost, rates = Ratio(), Ratio(), []
    silent, well = lambda: beside(count, answers=False), lambda: beside(count, answers=True)
    for one, alone in pairs(silent, well, watched=[cost, rate]):
        rate.add(one.rate, alone.rate)
        cost.add(one.cpu, alone.cpu)
        rates.append(one.rate)
    figures.add("clusters", "files/s beside a silent cluster / beside one that is well",
                rate.median(), "×", at_least=0.95, note=f"{rate.note()}; {max(rates):.0f} files/s")
    figures.add("clusters", "CPU of these", cost.median(), "×", note=cost.note())


ROWS = {"clusters": clusters}
