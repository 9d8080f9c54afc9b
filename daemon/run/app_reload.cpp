// A new configuration while the daemon runs: validated whole, taken whole, or not at all.
#include "daemon/run/app.hpp"
#include "daemon/run/sd_notify.hpp"
#include "daemon/run/translate.hpp"

#include <algorithm>

namespace kustodrop::daemon {

// As sd_notify(3) wants it: the monotonic clock in microseconds.
static std::string reloading_since(time_point now) {
    auto since_boot = now.time_since_epoch();
    auto micros = std::chrono::duration_cast<std::chrono::microseconds>(since_boot).count();
    return "RELOADING=1\nMONOTONIC_USEC=" + std::to_string(micros);
}

asio::awaitable<reload_report> app::reload() {
    while (!running_ || reloading_) co_await reloaded_.wait();
    reloading_ = true;
    sd_notify(reloading_since(around_.time.now()));
    auto load = load_;
    auto loaded = co_await offload(pool_, load);
    auto done = take(std::move(loaded));
    reloading_ = false;
    reloaded_.notify_all();
    sd_notify("READY=1\nSTATUS=" + status().one_line());
    auto& measured = around_.measured;
    measured.count(
                "kustodrop_config_reloads_total", {{"result", done.taken ? "taken" : "refused"}}
    ).add();
    measured.value("kustodrop_config_last_reload_successful").set(done.taken ? 1 : 0);
    co_return done;
}

static std::string joined(const std::vector<std::string>& items) {
    std::string out;
    for (auto& item : items) out += (out.empty() ? "" : " ") + item;
    return out;
}

reload_report app::take(config::loaded loaded) {
    reload_report done;
    for (auto& problem : loaded.problems) done.problems.push_back(to_string(problem));
    done.taken = loaded.ok();
    if (!done.taken) {
        for (auto& problem : loaded.problems) {
            if (!problem.warning) around_.log.error(to_string(problem));
        }
        around_.log.error("the new configuration is refused; the old one stays in force");
        config_problem_ = done.problems.front();
        return done;
    }
    config_problem_.clear();
    auto before = settings_;
    done.changed = config::adopt(settings_, loaded.values);
    apply(before, done.changed);
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

void app::apply(const config::settings& before, const config::changes& found) {
    around_.log.set_threshold(settings_.log.level);
    pool_.grow_to(threads_for(settings_));
    service_.change(settings_);
    shipper_->set_options(shipper_options_of(settings_));
    outcomes_->set_options(settings_.notifications);
    bool all = before.retention != settings_.retention;  // It says how much must be free.
    auto touched = [&](const std::string& name) {
        auto in = [&](auto& list) { return std::ranges::find(list, name) != list.end(); };
        return all || in(found.adjusted) || in(found.moved) || in(found.added);
    };
    for (auto& from : settings_.watches) {
        if (!intakes_.contains(from.name)) {
            add_watch(from);
        } else if (touched(from.name)) {
            intakes_[from.name]->change(watch_options_of(from, settings_.retention));
        }
    }
    for (auto& name : found.removed) intakes_[name]->leave();
}

void app::add_watch(const pipeline::watch_options& from) {
    build_watch(from);
    auto waiting = unclaimed_.extract(from.name);
    auto& intake = *intakes_[from.name];
    if (!waiting.empty()) intake.begin_with(std::move(waiting.mapped()));
    serving_.start(retirers_[from.name]->run());
    shipping_.start(intake.run());
}

}  // namespace kustodrop::daemon
