#include "pipeline/following/settled_positions.hpp"

#include "spool/source/place.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace kustodrop::pipeline {

namespace stage = spool::stage;

static constexpr duration between_writes = 1min;

std::shared_ptr<const spool::kept_ranges> settled_positions::adopt() const {
    if (state_directory_.empty()) return nullptr;
    auto& name = watch_.options.name;
    spool::adopt_follow_folder(state_directory_, name, watch_.options.path);
    return std::make_shared<spool::kept_ranges>(spool::follow_folder(state_directory_, name));
}

std::optional<std::vector<spool::log_record>> settled_positions::recover() const {
    auto folder = spool::follow_folder(state_directory_, watch_.options.name);
    auto kept = state_directory_.empty() ? std::nullopt : spool::read_positions(folder);
    if (!kept || kept->path != watch_.options.path) return std::nullopt;
    for (auto& log : kept->logs) log.watch = watch_.options.name;
    with_.journal.record_logs(watch_.options.name, kept->logs, {});
    with_.log.warning(
        "the journal knows nothing of these logs: they are read on from the positions kept beside "
        "it; what had no outcome then is shipped again",
        {{"watch", watch_.options.name}, {"logs", std::to_string(kept->logs.size())}}
    );
    return std::move(kept->logs);
}

// The first offset of what has no outcome yet, by log. Nothing: a log is not known by its id.
static std::optional<std::map<std::string, std::uint64_t>> unsettled_of(
    roster& sources, const std::string& watch
) {
    std::map<std::string, std::uint64_t> out;
    bool all_known = true;
    sources.each_of(watch, [&](const spool::source& what) {
        if (sources.is_parked(what)) return;
        for (auto& one : what.slices) {
            // What failed has had its outcome.
            if (spool::is_kept_range(one.location)) continue;
            all_known = all_known && one.log_id;
            if (!one.log_id) continue;
            auto first = out.try_emplace(*one.log_id, one.offset).first;
            first->second = std::min(first->second, one.offset);
        }
    });
    return all_known ? std::optional(std::move(out)) : std::nullopt;
}

boost::asio::awaitable<void> settled_positions::keep(
    std::shared_ptr<spool::followed_logs> logs, bool at_once
) {
    if (state_directory_.empty()) co_return;
    auto now = with_.time.now();
    if (written_at_ && !at_once && now - *written_at_ < between_writes) co_return;
    auto unsettled = unsettled_of(with_.sources, watch_.options.name);
    if (!unsettled) co_return;
    written_at_ = now;
    auto folder = spool::follow_folder(state_directory_, watch_.options.name);
    auto fresh = std::make_shared<spool::kept_positions>();
    fresh->path = watch_.options.path;
    auto before = std::make_shared<const spool::kept_positions>(std::move(written_));
    auto first = std::move(*unsettled);
    auto work = [logs, folder, before, fresh, first]() -> result<void> {
        fresh->logs = logs->settled_logs(first);
        if (*fresh == *before) return {};
        return spool::write_positions(folder, *fresh);
    };
    auto written = co_await offload(with_.pool, work);
    written_ = {};
    if (written.has_value()) written_ = std::move(*fresh);
    bool is_news = std::exchange(has_failed_, written.has_error()) != written.has_error();
    if (!is_news) co_return;
    if (written.has_error()) {
        with_.log.warning(
            "cannot keep the positions of logs beside the journal; it is tried again",
            {{"watch", watch_.options.name}, {"detail", written.error().message()}}
        );
    } else {
        with_.log.info("positions of logs are kept again", {{"watch", watch_.options.name}});
    }
}

}  // namespace kustodrop::pipeline
