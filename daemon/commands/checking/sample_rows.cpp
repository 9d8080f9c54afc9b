#include "daemon/commands/checking/sample_rows.hpp"

#include "pipeline/watch/row_rules.hpp"

#include <filesystem>
#include <utility>

namespace kustodrop::daemon {

// Any: which ones the log and its source get is not known yet.
static constexpr auto any_id = "00000000-0000-0000-0000-000000000000";

// Relative to the watch's folder where it is in there.
static std::string name_in(const std::string& folder, const std::string& sample) {
    auto path = std::filesystem::path(sample).lexically_normal();
    auto inside = path.lexically_relative(folder);
    bool is_inside = !inside.empty() && *inside.begin() != "..";
    return is_inside ? inside.string() : path.filename().string();
}

std::optional<sample> rows_of_sample(
    const sample& log, const pipeline::watch_options& watch, const kusto::target& where
) {
    bool is_follow = watch.kind == pipeline::watch_kind::follow;
    auto rules = is_follow ? pipeline::row_rules_of(watch, where, any_id) : std::nullopt;
    if (!rules) return std::nullopt;
    sample out{log.name, {}, log.is_cut};
    spool::slice whole;
    whole.name = name_in(watch.path, log.name);
    whole.length_bytes = log.bytes.size();
    whole.log_id = std::string(any_id);
    spool::row_writer writer(std::move(*rules));
    writer.begin(whole);
    writer.add(log.bytes, out.bytes);
    // A record whose end was not read is left out.
    if (!log.is_cut) writer.end(nullptr, out.bytes);
    return out;
}

}  // namespace kustodrop::daemon
