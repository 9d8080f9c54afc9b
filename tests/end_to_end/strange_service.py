"""Services that differ from what was expected: any suite runs against one of them when the
environment variable KUSTODROP_SERVICE names it."""
import os


def rule(service, operation, count, **action):
    made = {"service": service, "operation": operation, "action": action}
    return made if count is None else {**made, "count": count}


# The options of kustodrop-emulator, and the faults it begins with.
MODES = {
    "take_only": ({"notification_permissions": "p"}, []),
    "no_update": ({"notification_permissions": "rp"}, []),
    "equal_queues": ({"success_queues": 2, "failure_queues": 2, "accounts": 2}, []),
    "no_seconds": ({"sas_without_seconds": True}, []),
    "strict_tables": ({"strict_tables": True}, []),
    "short_lives": ({"token_lifetime": "15s", "identity_token_lifetime": "5s"}, []),
    "short_sas": ({"sas_lifetime": "30s"}, []),
    "error_pages": (
        {},
        [
            rule(service, operation, 3, status=503, html_bytes=100 * 1024)
            for service, operation in (
                ("blob", "put_blob"),
                ("queue", "put_message"),
                ("queue", "get_messages"),
            )
        ],
    ),
    "chunk_extensions": ({}, [rule("blob", "put_blob", None, chunk_extension=12 * 1024)]),
    "refused_once": (
        {},
        [
            rule("blob", "put_blob", 2, status=400, code="InvalidAuthenticationInfo"),
            rule("blob", "put_blob", 2, status=409, code="AccountBeingCreated"),
            rule("queue", "put_message", 2, status=404, code="QueueNotFound"),
        ],
    ),
}


def mode():
    """(options, faults) of the wanted mode; none is wanted: nothing of either."""
    name = os.environ.get("KUSTODROP_SERVICE", "")
    return MODES[name] if name else ({}, [])
