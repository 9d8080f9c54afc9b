#include "daemon/run/reloader.hpp"

#include "daemon/supervision/sd_notify.hpp"

namespace kustodrop::daemon {

// As sd_notify(3) wants it: the monotonic clock in microseconds.
static std::string reloading_since(time_point now) {
    auto since_boot = now.time_since_epoch();
    auto micros = std::chrono::duration_cast<std::chrono::microseconds>(since_boot).count();
    return "RELOADING=1\nMONOTONIC_USEC=" + std::to_string(micros);
}

static std::string joined(const std::vector<std::string>& items) {
    std::string out;
    for (auto& item : items) out += (out.empty() ? "" : " ") + item;
    return out;
}

reloader::reloader(surroundings around, worker_pool& pool, config::settings& settings, apply take)
    : around_(around),
      pool_(pool),
      settings_(settings),
      apply_(std::move(take)),
      changed_(around.executor) {}

void reloader::allow() {
    allowed_ = true;
    changed_.notify_all();
}

asio::awaitable<reload_report> reloader::reload() {
    while (!allowed_ || reloading_) co_await changed_.wait();
    reloading_ = true;
    sd_notify(reloading_since(around_.time.now()));
    auto load = load_;
    auto loaded = co_await offload(pool_, load);
    auto done = adopt(std::move(loaded));
    reloading_ = false;
    changed_.notify_all();
    sd_notify("READY=1");
    auto& measured = around_.measured;
    std::string outcome = done.taken ? "taken" : "refused";
    measured.count("kustodrop_config_reloads_total", {{"result", outcome}}).add();
    measured.value("kustodrop_config_last_reload_successful").set(done.taken ? 1 : 0);
    co_return done;
}

void reloader::refuse(const config::loaded& loaded) {
    for (auto& problem : loaded.problems) {
        if (!problem.warning) around_.log.error(to_string(problem));
    }
    around_.log.error("the new configuration is refused; the old one stays in force");
}

reload_report reloader::adopt(config::loaded loaded) {
    reload_report done;
    for (auto& problem : loaded.problems) done.problems.push_back(to_string(problem));
    done.taken = loaded.ok();
    if (!done.taken) {
        refuse(loaded);
        problem_ = done.problems.front();
        return done;
    }
    problem_.clear();
    auto before = settings_;
    done.changed = config::adopt(settings_, loaded.values);
    apply_(before, done.changed);
    auto& changed = done.changed;
    around_.log.info(
        "the new configuration is in force",
        {{"added", joined(changed.added)},
         {"removed", joined(changed.removed)},
         {"changed", joined(changed.adjusted)},
         {"moved", joined(changed.moved)},
         {"keys", joined(changed.keys)}}
    );
    if (!changed.at_restart.empty()) {
        around_.log.warning(
            "in force only after a restart", {{"keys", joined(changed.at_restart)}}
        );
    }
    return done;
}

}  // namespace kustodrop::daemon
