#include "pipeline/targets/remedies.hpp"

#include "base/text.hpp"

#include <array>

namespace kustodrop::pipeline {

namespace {
struct advice {
    std::string_view part;  // Of the code, in lower case.
    std::string_view what;
};
}  // namespace

// The first part that a code contains decides.
static constexpr auto all = std::to_array<advice>({
    {"mapping",
     "compare the mapping of the table with the files (.show table T ingestion mappings), "
     "correct it or ingestion_mapping_reference, reload, then retry"},
    {"tablenotexist", "create the table or correct watches[].table, reload, then retry"},
    {"databasenotexist", "create the database or correct watches[].database, reload, then retry"},
    {"entitynotfound", "create the table or correct database and table, reload, then retry"},
    {"entityname", "correct database and table, reload, then retry"},
    {"accessdenied", "give the identity the role Ingestor on the table or database, then retry"},
    {"forbidden", "give the identity the role Ingestor on the table or database, then retry"},
    {"formatnotsupported", "correct watches[].format, reload, then retry"},
    {"retention", "correct the retention policy of the table, then retry"},
    {"creationtime", "correct creation_time_pattern or the retention of the table, then retry"},
    {"wrongnumberoffields",
     "correct the rows whose number of columns differs, or the format, in "
     "the quarantined files, then retry"},
    {"stream_",
     "correct the quarantined files: their content is not what the format and the "
     "mapping say; then retry"},
    {"norecords",
     "the files hold no records that fit the table: compare format and mapping, then "
     "retry"},
    {"unsupported_compression",
     "decompress the files or compress them with gzip, and drop them "
     "again"},
    {"broken_gzip",
     "the files are damaged or were never finished: have them written again, and "
     "drop the new ones"},
    {"gzip_bomb", "inflate the files and split them, and drop the parts"},
    {"blockcountexceedslimit", "set upload.block_size higher, then retry"},
    {"requestbodytoolarge", "set upload.block_size lower, then retry"},
    {"http_413",
     "a proxy refuses requests of this size: set upload.block_size lower, or have it allow more, "
     "then retry"},
    {"too_large", "split the files, and drop the parts"},
    {"unreadable",
     "the files are damaged or were never finished: have them written again, and "
     "drop the new ones"},
    {"crash_loop", "report it with one of the files; after an upgrade, retry"},
});

std::string_view remedy_for(std::string_view code) {
    if (code.empty()) {
        return "no explanation lies beside these files: move them back into their folder to ship "
               "them again";
    }
    auto known = known_remedy(code);
    return known.empty() ? "correct the cause that the service names, then retry" : known;
}

std::string_view known_remedy(std::string_view code) {
    auto lower = to_lower(code);
    for (auto& [part, what] : all) {
        if (lower.find(part) != std::string::npos) return what;
    }
    return {};
}

std::string with_remedy(const std::string& code, const std::string& details) {
    if (details.find("; ") != std::string::npos) return details;
    return and_also(details, remedy_for(code));
}

}  // namespace kustodrop::pipeline
