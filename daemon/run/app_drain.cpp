// What is still done after the first signal to stop (docs/operations.md §7).
#include "daemon/run/app.hpp"

#include <algorithm>

namespace kustodrop::daemon {

namespace stage = spool::stage;

static constexpr std::size_t most_names = 20;

static bool is_with_us(const spool::source& what) {
    return std::holds_alternative<stage::claimed>(what.stage) ||
           std::holds_alternative<stage::uploaded>(what.stage) ||
           std::holds_alternative<stage::posting>(what.stage);
}

bool app::has_shipped_all() {
    auto ended = [](auto& one) { return one.second->has_ended(); };
    if (!std::ranges::all_of(intakes_, ended)) return false;
    bool all = true;
    sources_->each([&](const spool::source& what) { all = all && !is_with_us(what); });
    return all;
}

asio::awaitable<void> app::drain() {
    bool whole_folder = settings_.drain.scope == config::drain_scope::folder;
    around_.log.info(
        whole_folder ? "stopping: what lies in the folders is shipped first"
                     : "stopping: no more is claimed, requests in hand are finished"
    );
    for (auto& [name, intake] : intakes_) whole_folder ? intake->finish() : intake->close();
    if (!whole_folder) ready_.close();
    auto deadline = around_.time.now() + settings_.drain.timeout;
    while (stops_ == 1 && shipping_.running() > 0 && around_.time.now() < deadline) {
        if (whole_folder && has_shipped_all()) ready_.close();
        // Looked at often: the second signal must not wait.
        co_await shipping_.join_until(around_.time, std::min(deadline, around_.time.now() + 100ms));
    }
    for (auto& [name, intake] : intakes_) intake->close();
    ready_.close();
    if (whole_folder) tell_undelivered();
}

// The folder may go with the pod: these files go with it.
void app::tell_undelivered() {
    std::size_t files = 0;
    std::string names;
    sources_->each([&](const spool::source& what) {
        if (!is_with_us(what) || what.slices.empty()) return;
        if (++files <= most_names) names += (names.empty() ? "" : ", ") + what.slices.front().name;
    });
    std::size_t waiting = 0;
    for (auto& [name, intake] : intakes_) {
        if (!intake->has_ended()) waiting += intake->waiting_in_folder();
    }
    if (files == 0 && waiting == 0) return;
    around_.log.warning(
        "not everything could be shipped in time",
        {{"claimed_files", std::to_string(files)},
         {"waiting_in_folders", std::to_string(waiting)},
         {"files", names}}
    );
}

}  // namespace kustodrop::daemon
