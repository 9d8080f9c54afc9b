#include "pipeline/watch/watch_series.hpp"

#include "spool/source/source.hpp"

#include <utility>

namespace kustodrop::pipeline {

void move_series(metrics& measured, const std::string& from, const std::string& to) {
    auto move = [&](const char* name, metric_labels labels) {
        auto& former = measured.count(name, labels);
        auto counted = std::exchange(former, counter()).value();
        labels.front().second = to;
        measured.count(name, labels).add(counted);
    };
    move("kustodrop_files_seen_total", {{"watch", from}});
    move("kustodrop_files_resumed_total", {{"watch", from}});
    move("kustodrop_log_bytes_seen_total", {{"watch", from}});
    using spool::outcome;
    for (auto one :
         {outcome::succeeded,
          outcome::failed,
          outcome::skipped,
          outcome::rejected,
          outcome::unconfirmed,
          outcome::presumed}) {
        for (auto name : {"kustodrop_sources_total", "kustodrop_log_bytes_total"}) {
            move(name, {{"watch", from}, {"outcome", std::string(spool::to_string(one))}});
        }
    }
}

}  // namespace kustodrop::pipeline
