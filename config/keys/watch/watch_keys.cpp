#include "config/keys/make_key.hpp"
#include "config/keys/table.hpp"
#include "config/keys/watch/follow_keys.hpp"
#include "config/keys/watch/route_keys.hpp"
#include "config/keys/watch/watch_texts.hpp"

namespace kustodrop::config {

using pipeline::backlog_options;
using pipeline::coalesce_options;
using pipeline::failover_options;
using pipeline::target;
using keys = std::vector<key<watch_options>>;

template <class Member>
static auto of_target(Member member) {
    return at(&watch_options::target, member);
}

static keys place_keys() {
    return {
        shown_as(
            make_key<watch_options>(
                "name",
                at(&watch_options::name),
                text_form{name_problem},
                "a-z, 0-9 and -, unique. Not given: the last part of path."
            ),
            "web"
        ),
        required(
            make_key<watch_options>(
                "path",
                at(&watch_options::path),
                path_form{folder_problem},
                "The folder that is watched: absolute, not inside another watch."
            ),
            "/srv/drop/web"
        ),
        make_key<watch_options>(
            "cluster",
            at(&watch_options::cluster),
            text_form{},
            "The name of the cluster that its files go to. Required where clusters has several."
        ),
        make_key<watch_options>(
            "include",
            at(&watch_options::include),
            texts_form{{"[\"*.json\"]", pattern_problem}},
            "Which files are shipped, at least one pattern: * ? [a-z] [!a-z], ** for any folders. "
            "A "
            "pattern without / applies to the name at any depth, one with / to the path below the "
            "folder. No braces."
        ),
        make_key<watch_options>(
            "exclude",
            at(&watch_options::exclude),
            texts_form{{"[\"*.part\"]", pattern_problem}},
            "Which of those are not."
        ),
        make_key<watch_options>(
            "recursive",
            at(&watch_options::recursive),
            flag_form{},
            "Whether folders in it are watched too."
        ),
        make_key<watch_options>(
            "watch_mode",
            at(&watch_options::mode),
            choice_form{watch_modes},
            "How changes are noticed. auto polls where the file system does not report every "
            "change, "
            "as on network mounts; inotify trusts its events even there."
        ),
    };
}

static keys claim_keys() {
    return {
        make_key<watch_options>(
            "stable_for",
            at(&watch_options::stable_for),
            duration_form{{100ms, 24h}},
            "A file is complete when it has not changed for this time."
        ),
        make_key<watch_options>(
            "done_marker",
            at(&watch_options::done_marker),
            text_form{marker_problem},
            "\".ok\": x.json is complete when x.json.ok is there, whatever stable_for says. The "
            "marker is deleted when the file is claimed. Empty: none."
        ),
        make_key<watch_options>(
            "claim",
            at(&watch_options::claim),
            choice_form{claim_modes},
            "rename moves a file to work/ first; in_place records it where it is. auto is rename "
            "where the folder is writable, else in_place, and then files stay where they are, "
            "whatever on_success says. A file in place that changes is shipped again whole."
        ),
    };
}

static void read_properties(section& watch, watch_options& out) {
    auto properties = watch.map("additional_properties");
    bool has_reference = !out.target.mapping_reference.empty();
    for (auto name : properties.free_keys()) {
        std::string value;
        if (!read_text(properties, name, value)) continue;
        if (auto wrong = property_problem(name, has_reference)) {
            properties.error(name, *wrong);
        } else {
            out.target.additional_properties[std::string(name)] = value;
        }
    }
}

// A value may be an authorization of any kind.
static std::string show_properties(const watch_options& from) {
    std::string out;
    for (auto& [name, value] : from.target.additional_properties) {
        out += (out.empty() ? "" : ", ") + yaml_text(name) + ": \"(hidden)\"";
    }
    return "{" + out + "}";
}

static key<watch_options> properties_key() {
    auto out = make_special_key<watch_options>(
        "additional_properties",
        of_target(&target::additional_properties),
        read_properties,
        "More properties of the ingestion message, name: value. Not those that other keys set."
    );
    out = secretly_shown_by<watch_options>(std::move(out), show_properties);
    out.facts.form = form::text_map;
    out.facts.default_value = "{}";
    return out;
}

static keys target_keys() {
    text_form entity{entity_problem};
    return {
        required(
            make_key<watch_options>(
                "database", of_target(&target::database), entity, "The database of the target."
            ),
            "Logs"
        ),
        required(
            make_key<watch_options>(
                "table", of_target(&target::table), entity, "The table of the target."
            ),
            "Web"
        ),
        required(
            make_key<watch_options>(
                "format",
                of_target(&target::format),
                choice_form{data_formats()},
                "The format of the files."
            ),
            "json"
        ),
        make_key<watch_options>(
            "ingestion_mapping_reference",
            of_target(&target::mapping_reference),
            text_form{optional_entity_problem},
            "The name of a mapping of that table. Empty: none."
        ),
        make_key<watch_options>(
            "ignore_first_record",
            of_target(&target::ignore_first_record),
            flag_form{},
            "Whether the header of csv and similar formats is left out."
        ),
        make_key<watch_options>(
            "tags",
            of_target(&target::tags),
            texts_form{{"[\"drop-by:today\"]", entity_problem}},
            "Extent tags."
        ),
        make_key<watch_options>(
            "creation_time_pattern",
            of_target(&target::creation_time_pattern),
            text_form{creation_time_problem},
            "The time in a file's name, as in LightIngest: \"'web-'yyyyMMdd'.json'\". yyyy MM dd "
            "HH "
            "mm ss, other text in quotes. Empty: none."
        ),
        properties_key(),
    };
}

static keys delivery_keys() {
    return {
        make_key<watch_options>(
            "delivery",
            of_target(&target::delivery),
            choice_form{deliveries},
            "streaming sends small files straight to the table, where their rows can be queried "
            "within seconds. What it cannot take, or not now, is queued. Needs a streaming "
            "ingestion "
            "policy and the role Database User beside Ingestor."
        ),
        make_key<watch_options>(
            "deduplicate",
            of_target(&target::deduplicate),
            choice_form{deduplications},
            "tags: every message has an ingest-by tag and ingestIfNotExists, so that a post whose "
            "answer was lost can be repeated without a duplicate. The service then ingests each "
            "blob "
            "in a batch of its own: slow and expensive for small files."
        ),
        make_key<watch_options>(
            "batching_time",
            of_target(&target::batching_time),
            duration_form{{100ms, 24h}},
            "With deduplicate: the time of the table's ingestion batching policy. A repost waits "
            "twice as long."
        ),
    };
}

static keys outcome_keys() {
    return {
        make_key<watch_options>(
            "on_success",
            at(&watch_options::on_success),
            choice_form{success_actions},
            "What happens to a file that was ingested."
        ),
        make_key<watch_options>(
            "on_failure",
            at(&watch_options::on_failure),
            choice_form{failure_actions},
            "What happens to a file that failed or was rejected."
        ),
        make_key<watch_options>(
            "on_unconfirmed",
            at(&watch_options::on_unconfirmed),
            choice_form{unconfirmed_actions},
            "What happens to a file without a notification. repost sends it again, which may be a "
            "duplicate."
        ),
        make_key<watch_options>(
            "act_after",
            at(&watch_options::act_after),
            choice_form{act_times},
            "When that happens. With report_level none only posted is accepted."
        ),
        make_key<watch_options>(
            "max_pending",
            at(&watch_options::backlog, &backlog_options::max_files),
            number_form{{1, 100'000'000}},
            "How many files may be claimed and not retired; the rest waits in the folder."
        ),
        make_key<watch_options>(
            "priority",
            at(&watch_options::backlog, &backlog_options::priority),
            choice_form{watch_priorities},
            "Sources of a watch with a higher priority are shipped first, but at least one in "
            "eight is of each priority that has some."
        ),
    };
}

static key<watch_options> coalesce_section() {
    return make_section<watch_options>(
        "coalesce",
        "Several small files in one blob: csv, tsv, scsv, sohsv, psv, txt and json. A blob is sent "
        "when it has max_files, when the next file would take it beyond max_bytes, or max_age "
        "after "
        "its first file. Files of 4MiB and more, gzip, and csv with an open quote travel alone.",
        {make_key<watch_options>(
             "max_files",
             at(&watch_options::coalesce, &coalesce_options::max_files),
             number_form{{1, 100'000}},
             "1 is one blob a file."
         ),
         make_key<watch_options>(
             "max_bytes",
             at(&watch_options::coalesce, &coalesce_options::max_bytes),
             size_form{{1ULL << 10, 4ULL << 30}},
             "All files of a blob together."
         ),
         make_key<watch_options>(
             "max_age",
             at(&watch_options::coalesce, &coalesce_options::max_age),
             duration_form{{100ms, 24h}},
             "How long the first file waits for others."
         )}
    );
}

static key<watch_options> failover_section() {
    return make_section<watch_options>(
        "failover",
        "Where the files of a watch go while its cluster does not work: sources that were never "
        "posted go to another one of clusters, to the database and table of the same names, and "
        "return when its own works again.",
        {make_key<watch_options>(
             "to",
             at(&watch_options::failover, &failover_options::to),
             text_form{},
             "The name of the other cluster. Not given: they wait."
         ),
         make_key<watch_options>(
             "after",
             at(&watch_options::failover, &failover_options::after),
             duration_form{{1s, 168h}},
             "How long nothing got through to its own."
         )}
    );
}

const std::vector<key<watch_options>>& watch_keys() {
    static const auto all = [] {
        keys out;
        for (auto* part :
             {&place_keys, &claim_keys, &target_keys, &route_keys, &delivery_keys, &outcome_keys}) {
            for (auto& one : part()) out.push_back(std::move(one));
        }
        out.push_back(coalesce_section());
        out.push_back(failover_section());
        for (auto& one : follow_keys()) out.push_back(std::move(one));
        return out;
    }();
    return all;
}

}  // namespace kustodrop::config
