#include "config/keys/make_key.hpp"
#include "config/keys/table.hpp"

namespace kustodrop::config {

static constexpr auto century = 24h * 36500;
static constexpr std::uint64_t PiB = 1ULL << 50;

key<settings> retention_section() {
    return make_section<settings>(
        "retention",
        "How long archives, quarantined files and the journal are kept.",
        {make_key<settings>(
             "archive_for",
             at(&settings::retention, &retention_settings::archive_for),
             duration_form{{0s, century}},
             "How long an archived file is kept; 0 means no limit."
         ),
         make_key<settings>(
             "archive_bytes",
             at(&settings::retention, &retention_settings::archive_bytes),
             size_form{{0, PiB}},
             "How large a watch's archive may be, and never more than 10 % of its file system; 0 "
             "means "
             "no limit."
         ),
         make_key<settings>(
             "quarantine_for",
             at(&settings::retention, &retention_settings::quarantine_for),
             duration_form{{0s, century}},
             "How long a file stays in quarantine before it is deleted, with what was never "
             "delivered of it; 0 means no limit."
         ),
         make_key<settings>(
             "quarantine_bytes",
             at(&settings::retention, &retention_settings::quarantine_bytes),
             size_form{{0, PiB}},
             "How large a watch's quarantine may be before its oldest files are deleted; 0 means "
             "no limit."
         ),
         make_key<settings>(
             "journal_for",
             at(&settings::retention, &retention_settings::journal_for),
             duration_form{{1h, century}},
             "How long the journal keeps a source after it is retired."
         ),
         make_key<settings>(
             "min_free",
             at(&settings::retention, &retention_settings::min_free_percent),
             percentage_form{},
             "While less of a watch's file system is free, its archive is cleared, the oldest "
             "files "
             "first, and nothing more is claimed; 0% means no limit."
         )}
    );
}

}  // namespace kustodrop::config
