#include "config/keys/watch/streaming_rules.hpp"

#include "kusto/streaming/streaming_request.hpp"

#include <string>
#include <string_view>

namespace kustodrop::config {

static bool streams(const watch_options& out) {
    return out.target.delivery == pipeline::delivery_way::streaming;
}

// A request to stream has three parameters (docs/protocol.md §3.5): for everything else that a
// message says there is no place.
void check_streaming(section& watch, const watch_options& out) {
    if (!streams(out)) return;
    auto refuse = [&](std::string_view key, std::string_view why) {
        if (watch.is_wrong(key)) return;
        watch.error(key, std::string(why) + ", or use delivery: queued");
    };
    auto& target = out.target;
    if (!target.tags.empty()) {
        refuse("tags", "cannot be used with delivery: streaming; leave it out");
    }
    if (!target.additional_properties.empty()) {
        refuse(
            "additional_properties",
            "cannot be used with delivery: streaming; leave it out, name a mapping of the table in "
            "ingestion_mapping_reference"
        );
    }
    if (target.ignore_first_record) {
        refuse(
            "ignore_first_record",
            "cannot be used with delivery: streaming, which takes every line for data; ship files "
            "without a header"
        );
    }
    if (!target.creation_time_pattern.empty()) {
        refuse("creation_time_pattern", "cannot be used with delivery: streaming; leave it out");
    }
    if (target.deduplicate) {
        refuse("deduplicate", "is tags, which cannot be used with delivery: streaming; use off");
    }
    if (watch.is_given("format") && !kusto::can_be_streamed(target.format)) {
        auto name = std::string(kusto::to_string(target.format));
        refuse(
            "format",
            name + " cannot be streamed; use csv, tsv, scsv, sohsv, psv, json, multijson or avro"
        );
    }
}

void check_streaming_endpoint(
    section& watch, const watch_options& out, const cluster_settings& cluster
) {
    if (!streams(out) || watch.is_wrong("delivery")) return;
    auto place = kusto::streaming_endpoint(cluster.ingestion_endpoint, cluster.trusted_hosts);
    if (place || place.error().code != errc::untrusted_host) return;
    auto host = kusto::engine_of(cluster.ingestion_endpoint).host();
    // Then the ingestion endpoint is reported itself.
    if (host.empty() || host == cluster.ingestion_endpoint.host()) return;
    watch.error(
        "delivery",
        "is streaming, which sends a token to the query endpoint " + host +
            "; add it to cluster.trusted_hosts, or use delivery: queued"
    );
}

}  // namespace kustodrop::config
