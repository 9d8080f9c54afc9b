"""Small static programs in the place of the real ones, which they run: what a release is made of
can be tested without a static build, in seconds."""
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT / "packaging" / "static"))
import materials  # noqa: E402
import payload  # noqa: E402

REAL = {"kustodrop": "KUSTODROP", "kustodrop-emulator": "KUSTODROP_EMULATOR"}
SOURCE = '#include <unistd.h>\nint main(int n, char** a) { return execv(REAL, a) + (n < 0); }\n'
MOMENT = 1790000000


def programs(folder):
    """Writes both; returns the folder."""
    folder.mkdir()
    source = folder.parent / "standin.c"
    source.write_text(SOURCE)
    for name, variable in REAL.items():
        real = pathlib.Path(os.environ[variable]).resolve()
        subprocess.run(
            ["cc", "-static", "-s", "-o", folder / name, f'-DREAL="{real}"', source], check=True
        )
    return folder


def release(work, version="1.0.0-rc.1"):
    """A release of the stand-ins in `work`, which must not exist."""
    programs(work)
    payload.generate(work, work, MOMENT)
    return payload.Release(version, MOMENT, payload.architecture_of(work / "kustodrop"), work)


def licences():
    """Of one part: the packages of the others need not be installed."""
    return {materials.PARTS[0][0]: b"a licence\n"}
