"""A plot as SVG, drawn by hand: throughput against the size of the files, beside the limit."""
import math

WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT = 744, 420, 70, 50, 30, 44
COLOURS = ["#1f6feb", "#8b949e", "#d29922", "#cf222e"]


def human(size):
    for unit in ("B", "KiB", "MiB", "GiB"):
        if size < 1024:
            return f"{size:g} {unit}"
        size /= 1024
    return f"{size:g} TiB"


def text(x, y, what, anchor="middle", colour="#444"):
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}" fill="{colour}">{what}</text>'


def line(x1, y1, x2, y2, colour="#ddd"):
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"/>'


def throughput(series):
    """`series` is {name: [(file size, MB/s)]}; both axes are logarithmic."""
    sizes = sorted({size for points in series.values() for size, _ in points})
    speeds = [speed for points in series.values() for _, speed in points if speed > 0]
    if len(sizes) < 2 or not speeds:
        return ""
    low = 10 ** math.floor(math.log10(min(speeds)))
    high = 10 ** math.ceil(math.log10(max(speeds)))
    span = WIDTH - LEFT - RIGHT
    tall = HEIGHT - TOP - BOTTOM
    along = lambda size: LEFT + span * math.log(size / sizes[0]) / math.log(sizes[-1] / sizes[0])
    up = lambda speed: HEIGHT - BOTTOM - tall * math.log(speed / low) / math.log(high / low)
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
        'font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
    ]
    decade = low
    while decade <= high:
        out.append(line(LEFT, up(decade), WIDTH - RIGHT, up(decade)))
        out.append(text(LEFT - 8, up(decade) + 4, f"{decade:g}", "end"))
        decade *= 10
    for size in sizes:
        out.append(line(along(size), TOP, along(size), HEIGHT - BOTTOM))
        out.append(text(along(size), HEIGHT - BOTTOM + 18, human(size)))
    out.append(text(LEFT, 18, "MB/s of uncompressed data, one core, TLS", "start"))
    out.append(text(LEFT + span / 2, HEIGHT - 12, "size of each file"))
    for number, (name, points) in enumerate(series.items()):
        colour = COLOURS[number % len(COLOURS)]
        places = [(along(size), up(max(speed, low))) for size, speed in sorted(points)]
        way = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        out.append(f'<polyline points="{way}" fill="none" stroke="{colour}" stroke-width="2"/>')
        out += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in places]
        out.append(text(WIDTH - RIGHT - 4, HEIGHT - BOTTOM - 12 - 16 * number, name, "end", colour))
    return "\n".join([*out, "</svg>"]) + "\n"
