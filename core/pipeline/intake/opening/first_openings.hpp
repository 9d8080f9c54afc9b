#pragma once

#include "async/clock.hpp"
#include "async/offload.hpp"
#include "async/task_group.hpp"
#include "base/result.hpp"
#include "pipeline/watcher.hpp"

#include <map>
#include <string>
#include <vector>

namespace kustodrop::pipeline {

struct named_watcher {
    std::string name;
    watcher* taking = nullptr;
};

/// What opens folders; all of it outlives the openings.
struct opening_parts {
    asio::any_io_executor executor;
    clock& time;
    worker_pool& pool;
    task_group& tasks;  // An opening each.
};

/// Why the folders of watches are not open, by the watch.
using opening_failures = std::map<std::string, failure>;

/// Opens watched folders in turns, and waits until each is open, has failed or has had its time:
/// one that does not answer within `patience` is a "timeout", and continues by itself when it does.
asio::awaitable<opening_failures> open_folders(
    opening_parts with, std::vector<named_watcher> watchers, duration patience
);

}  // namespace kustodrop::pipeline
