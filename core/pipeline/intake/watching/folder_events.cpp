#include "pipeline/intake/watching/folder_events.hpp"

namespace kustodrop::pipeline {

folder_events::folder_events(
    const watch& of, spool::inotify* events, logger& log, metrics& measured
)
    : watch_(of), events_(events), log_(log), measured_(measured) {}

void folder_events::start(spool::medium_kind medium) {
    sees_all_changes_ =
        medium != spool::medium_kind::remote && medium != spool::medium_kind::unknown;
    restart();
}

void folder_events::restart() {
    stop();
    polls_ = false;
    watch_folder("");
}

bool folder_events::add(const std::string& subfolder) {
    if (polls_ || names_.contains(subfolder)) return false;
    watch_folder(subfolder);
    return true;
}

void folder_events::watch_folder(const std::string& name) {
    auto& rules = watch_.options;
    if (!events_ || rules.mode == watch_mode::poll) return set_polling(true);
    auto folder = watch_.folder->open_folder(name);
    auto added = folder ? events_->add(folder->get()) : result<int>(folder.error());
    if (added) {
        folders_.insert_or_assign(*added, name);
        names_.insert(name);
        return set_polling(polls_ || (!sees_all_changes_ && rules.mode != watch_mode::inotify));
    }
    const auto& problem = added.error();
    if (problem.code == errc::already_watched || problem.code == errc::folder_absent) return;
    log_.warning(
        "cannot watch a folder for events; it is polled",
        {{"watch", rules.name}, {"code", problem.code.text()}, {"detail", problem.message()}}
    );
    set_polling(true);
}

void folder_events::stop() {
    for (auto& [number, name] : folders_) {
        if (events_) events_->remove(number);
    }
    folders_.clear();
    names_.clear();
}

void folder_events::forget(int number) {
    auto found = folders_.find(number);
    if (found == folders_.end()) return;
    names_.erase(found->second);
    folders_.erase(found);
}

void folder_events::set_polling(bool polls) {
    polls_ = polls;
    for (auto mode : {"inotify", "poll"}) {
        metric_labels labels{{"watch", watch_.options.name}, {"mode", mode}};
        bool active = polls == (std::string_view(mode) == "poll");
        measured_.value("kustodrop_watch_mode", labels).set(active ? 1 : 0);
    }
}

}  // namespace kustodrop::pipeline
