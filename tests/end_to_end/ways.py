"""In which way the daemons of a suite send: by queue unless the environment says otherwise.

KUSTODROP_TRANSPORT  queued, rest or auto: `cluster.transport` of every daemon; with auto the
                     service prefers REST
KUSTODROP_DELIVERY   streaming: every watch streams that may
"""
import os
import unittest

TRANSPORT = os.environ.get("KUSTODROP_TRANSPORT", "")
STREAMING = os.environ.get("KUSTODROP_DELIVERY", "") == "streaming"
BY_REST = not STREAMING and TRANSPORT in ("rest", "auto")
STREAMED_FORMATS = ("csv", "tsv", "scsv", "sohsv", "psv", "json", "multijson", "avro")
NOT_STREAMED = (
    "additional_properties", "creation_time_pattern", "ignore_first_record", "ingestion_mapping",
    "ingestion_mapping_inline", "tags",
)
QUEUE = ("queue", "put_message")


def may_stream(watch):
    """Whether the configuration of a watch may have `delivery: streaming`."""
    return (
        watch.get("format") in STREAMED_FORMATS
        and watch.get("deduplicate", "off") == "off"
        and not any(name in watch for name in NOT_STREAMED)
    )


def laid_over(watch):
    """The watch as this suite wants it."""
    if STREAMING and "delivery" not in watch and may_stream(watch):
        return {**watch, "delivery": "streaming"}
    return watch


def emulator_options(options):
    if TRANSPORT == "auto" and "ingestion_method" not in options:
        return {**options, "ingestion_method": "Rest"}
    return options


def posting(streams, counted):
    """What a fault of a post hits: (service, operation) each. `streams`: whether a watch does."""
    if BY_REST:
        return [("rest", "post_blobs")]
    if not STREAMING:
        return [QUEUE]
    # Whatever a stream is refused is queued, which a fault without end hits too.
    chosen = [("streaming", "ingest")] if streams or not counted else []
    return chosen if streams and counted else [*chosen, QUEUE]


def skip_unless(possible, reason):
    if not possible:
        raise unittest.SkipTest(reason)


def needs_notice_of_lost_posts():
    """Called by a test in which a notification decides though the answer to a post was lost."""
    skip_unless(not STREAMING, "nothing is heard of a stream whose answer was lost")
    skip_unless(not BY_REST, "an operation whose id was lost cannot be asked for")


def needs_queues():
    """Called by a test of the notification queues."""
    skip_unless(not STREAMING and not BY_REST, "no notification queue is searched")
