"""What is moved for what cost: one large file, many small ones, and what lies between."""
from data import write_large, write_many
from repeating import Ratio, pairs
from shipping import LANES, limits, node_sdk, ship
from stand import ALL, GIB, KIB, MIB, SETTLE, Stand

OLD_SAS = "2018-03-28"
FLUENT_BIT = 49.0  # CPU-s a GB: in_tail and out_azure_kusto, JSON lines, TLS, a local sink.


def staged(stand, name="staged"):
    folder = stand.folder / name
    folder.mkdir(exist_ok=True)
    return folder


def inside(address, name):
    """What is called so in a container or queue, whose address ends with a SAS."""
    place, sas = address.split("?", 1)
    return f"{place}/{name}?{sas}"


def ship_large(size, **more):
    with Stand() as stand:
        folder = staged(stand)
        write_large(folder / "large.json", size)
        return ship(folder, 1, size, **more)


def ship_many(count, size, **more):
    with Stand() as stand:
        folder = staged(stand)
        raw = write_many(folder, count, size)
        return ship(folder, count, raw, **more)


def large(figures, scale, context):
    """1 GiB of JSON lines in one file."""
    size = GIB // scale
    gb = size / 1e9
    with Stand() as stand:
        file = write_large(stand.folder / "large.json", size)
        best = min((limits("gzip", file) for _ in range(3)), key=lambda one: one["cpu"])
        sink = stand.sink()
        blob = inside(sink.resources()[0], "large.json.gz")
        ca = sink.ready["ca_file"]
        tls = min((limits("tls", ca, blob, best["out"]) for _ in range(3)), key=lambda o: o["cpu"])
        rival = node_sdk(sink, [file])
    one = min((ship_large(size) for _ in range(3)), key=lambda s: s.seconds)
    two = min((ship_large(size, cores=ALL, sinks=ALL) for _ in range(3)), key=lambda s: s.seconds)
    old = min((ship_large(size, sas=OLD_SAS) for _ in range(2)), key=lambda s: s.cpu)
    alone = size / 1e6 / best["seconds"]
    limit = (best["cpu"] + tls["cpu"]) / gb
    context["large_speed"], context["alone_speed"] = one.speed(), alone
    add = figures.add
    add("large", "ISA-L alone", best["cpu"] / gb, "CPU-s/GB", note=f"{alone:.0f} MB/s")
    add("large", "TLS alone, of the compressed bytes", tls["cpu"] / gb, "CPU-s/GB")
    add("large", "the daemon, one core", one.cpu / gb, "CPU-s/GB", note=f"{one.speed():.0f} MB/s")
    add("large", "CPU: the daemon / (ISA-L + TLS)", one.cpu / gb / limit, "×", at_most=1.35)
    add("large", "throughput: the daemon / ISA-L alone", one.speed() / alone, "×", at_least=0.75)
    add("large", "CPU: with a SAS of 2018, whose bodies need an MD5", old.cpu / gb / limit, "×",
        note=f"{old.speed():.0f} MB/s")
    cores = len(ALL)
    add("large", f"throughput: {cores} cores / one core", two.speed() / one.speed(), "×",
        at_least=1.4 if cores > 1 else None, note=f"{two.speed():.0f} MB/s, sink beside it")
    add("large", "peak memory", one.memory / MIB, "MiB")
    add("large", "CPU: Fluent Bit's recorded figure / the daemon", FLUENT_BIT * gb / one.cpu, "×",
        at_least=15)
    note = "" if rival else "the npm packages are not installed"
    add("large", "CPU: the Node SDK / the daemon", rival and rival["cpu"] / one.cpu, "×",
        at_least=8, note=note)
    add("large", "memory: the Node SDK / the daemon", rival and rival["memory"] / one.memory, "×",
        at_least=3, note=note)


def bare_loop(count):
    """What as many PUT and POST with prepared headers take."""
    with Stand() as stand:
        sink = stand.sink()
        blob, queue = sink.resources()
        places = [inside(blob, "small.json.gz"), inside(queue, "messages")]
        return limits("requests", sink.ready["ca_file"], *places, count, LANES)


def rival_of_small(count):
    with Stand() as stand:
        write_many(staged(stand), count, KIB)
        sdk = node_sdk(stand.sink(), sorted(staged(stand).iterdir()))
    return sdk and {**sdk, "rate": count / sdk["seconds"]}


def small(figures, scale, context):
    """10 000 files of 1 KB."""
    count = 10_000 // scale
    rate, cost, bares, shipped = Ratio(), Ratio(), [], []
    loop, ship_all = lambda: bare_loop(count), lambda: ship_many(count, KIB)
    for bare, one in pairs(loop, ship_all, watched=[cost]):
        rate.add(one.rate, count / bare["seconds"])
        cost.add(one.cpu, bare["cpu"])
        bares.append(bare)
        shipped.append(one)
    sdk = rival_of_small(max(count // 5, 100))
    ended, settled = Ratio(), []
    for one, posted in pairs(lambda: ship_many(count, KIB, until_settled=True), ship_all, least=3,
                             most=5, watched=[ended]):
        ended.add(one.rate, posted.rate)
        settled.append(one)
    each = lambda cpu: f"{cpu / count * 1e6:.0f} µs of CPU each"
    bare = min(bares, key=lambda one: one["cpu"])
    posted = min(shipped, key=lambda one: one.cpu)
    add = figures.add
    add("small", "a bare PUT and POST loop", count / bare["seconds"], "files/s",
        note=each(bare["cpu"]))
    add("small", "the daemon, until posted", posted.rate, "files/s", note=each(posted.cpu))
    add("small", "until posted: the daemon / the bare loop", rate.median(), "×",
        at_least=0.6, note=rate.note())
    add("small", "CPU: the daemon / the bare loop", cost.median(), "×", at_most=3.5,
        note=cost.note())
    note = f"{sdk['rate']:.0f} files/s" if sdk else "the npm packages are not installed"
    add("small", "until posted: the daemon / the Node SDK", sdk and posted.rate / sdk["rate"], "×",
        at_least=20, note=note)
    best = max(settled, key=lambda one: one.rate)
    add("small", "until archived / until posted", ended.median(), "×", at_least=0.75,
        note=f"{best.rate:.0f} files/s, {each(best.cpu)}")
    coalesced(figures, count, best)


def rest(figures, scale, context):
    """10 000 files of 1 KB, posted by REST."""
    count = 10_000 // scale
    rate, rates, costs = Ratio(), [], []
    by_rest = lambda: ship_many(count, KIB, by_rest=True)
    for rest_one, queued in pairs(by_rest, lambda: ship_many(count, KIB), watched=[rate]):
        rate.add(rest_one.rate, queued.rate)
        rates.append((rest_one.rate, queued.rate))
        costs.append(rest_one.cpu)
    figures.add("rest", "until posted by REST", max(one for one, _ in rates), "files/s",
                note=f"{min(costs) / count * 1e6:.0f} µs of CPU each")
    figures.add("rest", "until posted: by REST / by queue", rate.median(), "×", at_least=1.5,
                note=f"{rate.note()}; {max(one for _, one in rates):.0f} files/s by queue")


def whole_rate(shipment):
    """Files a second from first to last: with few blobs it is unclear when the first began."""
    return shipment.count / max(shipment.seconds - SETTLE, 1e-3)


def coalesced(figures, count, plain):
    """Both from the first rename to the last file in the archive."""
    group = {"max_files": max(count // 10, 2), "max_age": "1s"}
    what = "until archived, coalesced / not coalesced"
    blobs = -(-count // group["max_files"])
    try:
        best = max((ship_many(count, KIB, until_settled=True, watch={"coalesce": group},
                              blobs=blobs) for _ in range(2)), key=whole_rate)
        rate = whole_rate(best)
        figures.add("small", what, rate / whole_rate(plain), "×", at_least=5,
                    note=f"{rate:.0f} files/s, {best.cpu / count * 1e6:.0f} µs of CPU each")
    except AssertionError as error:
        figures.add("small", what, None, "×", at_least=5, note=str(error).splitlines()[-1][:80])


def medium(figures, scale, context):
    """1 000 files of 1 MB."""
    count = 1000 // scale
    one = max((ship_many(count, 1_000_000) for _ in range(2)), key=lambda s: s.speed())
    if "large_speed" not in context:
        context["large_speed"] = ship_large(GIB // scale).speed()
    figures.add("medium", "1 000 files of 1 MB, one core", one.speed(), "MB/s",
                note=f"{one.cpu / one.gb():.2f} CPU-s/GB, {one.memory / MIB:.0f} MiB")
    figures.add("medium", "throughput: 1 MB files / the large file",
                one.speed() / context["large_speed"], "×", at_least=0.7)


def sizes(figures, scale, context):
    """Throughput against the size of the files, for the plot."""
    points, limit, rivals = [], [], []
    for power, count in ((10, 5000), (13, 4000), (16, 2000), (20, 400), (24, 32), (28, 2)):
        size, count = 1 << power, max(count // scale, 1)
        one = ship_many(count, size)
        raw = one.rate * one.raw_bytes / count / 1e6 if count >= 100 else one.speed()
        points.append((size, raw))
        with Stand() as stand:
            write_large(stand.folder / "large.json", max(size, 1 << 24))
            alone = limits("gzip", stand.folder / "large.json")
            limit.append((size, alone["in"] / 1e6 / alone["seconds"]))
            few = min(count, 400)
            write_many(staged(stand), few, size)
            sdk = node_sdk(stand.sink(), sorted(staged(stand).iterdir()))
        if sdk:
            rivals.append((size, few * size / 1e6 / sdk["seconds"]))
        figures.add("sizes", f"{count} files of {size >> 10} KiB", raw, "MB/s")
    context["points"] = {"kustodrop": points, "the gzip library alone": limit,
                         **({"the official Node SDK": rivals} if rivals else {})}


ROWS = {"large": large, "small": small, "rest": rest, "medium": medium, "sizes": sizes}
