"""Looks for secrets in text, in every form in which a program may have written them."""
import base64
import json
import urllib.parse


def forms_of(canary):
    """The canary as it is, percent-encoded in either case, in JSON, and in base64 at any offset."""
    plain = canary.encode()
    forms = {
        canary,
        urllib.parse.quote(canary, safe=""),
        urllib.parse.quote(canary, safe="").lower(),
        urllib.parse.quote_plus(canary),
        json.dumps(canary)[1:-1],
        json.dumps(json.dumps(canary)[1:-1])[1:-1],
        plain.hex(),
        "".join(f"\\u{ord(char):04x}" for char in canary),
    }
    # Base64 of text that holds the canary: what does not depend on the neighbours.
    for offset in range(3):
        encoded = base64.b64encode(b"\0" * offset + plain).decode().rstrip("=")
        stable = encoded[(0, 2, 3)[offset] : len(encoded) - len(encoded) % 4 or None]
        forms |= {stable[:-2], stable[:-2].replace("+", "-").replace("/", "_")}
    return {form for form in forms if len(form) >= 8}


def found_in(data, canaries):
    """Which canaries stand in the bytes, as [(canary, form)]."""
    text = data.decode("utf-8", errors="replace")
    return [(c, form) for c in canaries for form in forms_of(c) if form in text]
