#include "config/keys/follow_keys.hpp"

#include "config/keys/make_key.hpp"

namespace kustodrop::config {

using pipeline::cut_options;
using pipeline::follow_options;

template <class Member>
static auto of_follow(Member member) {
    return at(&watch_options::follow, member);
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

std::vector<key<watch_options>> follow_keys() {
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
        cut_section(),
    };
}

}  // namespace kustodrop::config
