#include "config/keys/watch/follow_keys.hpp"

#include "config/keys/make_key.hpp"
#include "config/keys/watch/log_forms.hpp"
#include "spool/reading/rows/row_column.hpp"

namespace kustodrop::config {

using pipeline::cut_options;
using pipeline::follow_options;

template <class Member>
static auto of_follow(Member member) {
    return at(&watch_options::follow, member);
}

static std::optional<std::string> column_problem(const std::string& text) {
    if (spool::parse_column(text)) return std::nullopt;
    return "is not a column; use " + listed(spool::column_names()) + " or \"NAME=TEXT\"";
}

static key<watch_options> cut_section() {
    return make_section<watch_options>(
        "cut",
        "With mode follow: what was added to the logs becomes a blob when there is max_bytes of "
        "it, or max_age after the first of it.",
        {make_key<watch_options>(
             "max_bytes",
             at(&watch_options::follow, &follow_options::cut, &cut_options::max_bytes),
             size_form{{1ULL << 20, 4ULL << 30}},
             "Of all logs of a blob together."
         ),
         make_key<watch_options>(
             "max_age",
             at(&watch_options::follow, &follow_options::cut, &cut_options::max_age),
             duration_form{{100ms, 24h}},
             "How long the first record waits for others."
         )}
    );
}

static key<watch_options> hold_section() {
    using pipeline::hold_options;
    return make_section<watch_options>(
        "hold",
        "With mode follow: logs that are deleted before they were read stay open, and take room on "
        "the disk, within these limits and while retention.min_free is free; beyond them the "
        "oldest are let go of: see spill.",
        {make_key<watch_options>(
             "max_files",
             at(&watch_options::follow, &follow_options::hold, &hold_options::max_files),
             number_form{{16, 1'000'000}},
             "How many logs of the watch are open at a time, deleted ones first."
         ),
         make_key<watch_options>(
             "max_bytes",
             at(&watch_options::follow, &follow_options::hold, &hold_options::max_bytes),
             size_form{{1ULL << 20, 1ULL << 50}},
             "How much room deleted logs take on the disk."
         ),
         make_key<watch_options>(
             "max_time",
             at(&watch_options::follow, &follow_options::hold, &hold_options::max_time),
             duration_form{{10s, 720h}},
             "For how long a deleted log is held."
         )}
    );
}

static key<watch_options> spill_section() {
    using pipeline::spill_options;
    return make_section<watch_options>(
        "spill",
        "With mode follow: what was not read of deleted logs that exceed hold is kept in the state "
        "directory, compressed, until it is shipped. What is not kept is reported as lost.",
        {make_key<watch_options>(
            "max_bytes",
            at(&watch_options::follow, &follow_options::spill, &spill_options::max_bytes),
            size_form{{0, 1ULL << 50}},
            "How much room that takes for the watch. 0: nothing is kept. Nothing is either while "
            "less than retention.min_free is free there, or where the logs are."
        )}
    );
}

static std::vector<key<watch_options>> row_keys() {
    return {
        make_key<watch_options>(
            "records",
            of_follow(&follow_options::records),
            records_form{},
            "With columns: what a row is made of. lines: a line. cri, docker: what a container "
            "wrote, its parts joined, in logs of the container runtime interface or docker's "
            "json-file. "
            "unindented: a line with the indented and empty ones behind it. starts_with: a line "
            "that begins as record_starts says, with those behind it that do not; "
            "{starts_with: TEXT} says both."
        ),
        make_key<watch_options>(
            "record_starts",
            at(&watch_options::follow, &follow_options::records, &spool::record_rules::starts),
            texts_form{{"[\"####-##-##\"]", start_problem}},
            "With records starts_with: patterns of the beginnings of lines: # a digit, ? any "
            "character, * any number of them, \\ the next one itself."
        ),
        make_key<watch_options>(
            "columns",
            of_follow(&follow_options::columns),
            texts_form{{"[time, message, file, offset]", column_problem}},
            "With mode follow and format csv or json: what each row holds. time, stream, message, "
            "namespace, pod, pod_uid, container, restart, file, log_id, offset, host, "
            "source, or \"NAME=TEXT\". Empty: logs are shipped as they are."
        ),
    };
}

static std::vector<key<watch_options>> log_keys() {
    return {
        make_key<watch_options>(
            "mode",
            at(&watch_options::kind),
            choice_form{watch_kinds},
            "drop: files are finished when they are shipped. follow: log files that grow and are "
            "rotated; nothing is written in the folder. A change takes effect at a restart."
        ),
        make_key<watch_options>(
            "start",
            of_follow(&follow_options::start),
            choice_form{start_places},
            "With mode follow: where logs are read from that are there when the watch is started "
            "for the first time. Later ones are read from their beginning."
        ),
        make_key<watch_options>(
            "rotated",
            of_follow(&follow_options::rotated),
            rotated_form{},
            "With mode follow: what rotated logs are called. auto: NAME.*, NAME-1*, and "
            "STEM-1*.EXT beside the live log, each with .gz too. off: every name is that of a log "
            "of its own. "
            "Patterns, as in include: these, of the live log whose name they begin with."
        ),
        make_key<watch_options>(
            "record_wait",
            of_follow(&follow_options::record_wait),
            duration_form{{1s, 1h}},
            "With mode follow: how long a rotated log is quiet when an end without a newline "
            "counts as a record."
        ),
        make_key<watch_options>(
            "max_record",
            of_follow(&follow_options::max_record_bytes),
            size_form{{1ULL << 10, 64ULL << 20}},
            "With mode follow: a record that is longer is cut within, at a character."
        ),
        make_key<watch_options>(
            "max_logs",
            of_follow(&follow_options::max_logs),
            number_form{{1, 1'000'000}},
            "With mode follow: how many logs are followed at a time."
        ),
    };
}

std::vector<key<watch_options>> follow_keys() {
    auto out = log_keys();
    for (auto& one : row_keys()) out.push_back(std::move(one));
    out.push_back(cut_section());
    out.push_back(hold_section());
    out.push_back(spill_section());
    return out;
}

}  // namespace kustodrop::config
