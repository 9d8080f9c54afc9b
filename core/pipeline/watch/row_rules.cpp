#include "pipeline/watch/row_rules.hpp"

#include <array>
#include <unistd.h>

namespace kustodrop::pipeline {

static std::string host_name() {
    std::array<char, 256> name{};
    return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

std::optional<spool::row_rules> row_rules_of(
    const watch_options& watch, const target& where, const std::string& source_id
) {
    if (watch.follow.columns.empty()) return std::nullopt;
    spool::row_rules out;
    out.records = watch.follow.records;
    out.records.max_record = watch.follow.max_record_bytes;
    for (auto& text : watch.follow.columns) {
        if (auto column = spool::parse_column(text)) out.columns.push_back(std::move(*column));
    }
    bool is_json = where.format == kusto::data_format::json;
    out.format = is_json ? spool::row_format::json : spool::row_format::csv;
    out.folder = watch.path;
    out.host = host_name();
    out.source = source_id;
    return out;
}

}  // namespace kustodrop::pipeline
