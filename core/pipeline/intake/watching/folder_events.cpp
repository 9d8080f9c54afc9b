#include "pipeline/intake/watching/folder_events.hpp"

#include <utility>

namespace kustodrop::pipeline {

std::vector<event_request> request_events(
    const spool::drop_folder& root, spool::inotify& events, std::vector<std::string> folders
) {
    std::vector<event_request> out;
    out.reserve(folders.size());
    for (auto& name : folders) {
        auto folder = root.open_folder(name);
        auto number = folder ? events.add(folder->get()) : result<int>(folder.error());
        out.push_back({std::move(name), std::move(number)});
    }
    return out;
}

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
    problem_.reset();
    auto mode = watch_.options.mode;
    bool trusts_events = sees_all_changes_ || mode == watch_mode::inotify;
    set_polling(!events_ || mode == watch_mode::poll || !trusts_events);
}

bool folder_events::wants_root() const {
    bool may_watch = events_ && watch_.options.mode != watch_mode::poll && !problem_;
    return may_watch && !names_.contains("");
}

std::vector<std::string> folder_events::unwatched(const std::vector<std::string>& met) {
    std::vector<std::string> out;
    for (auto& name : met) {
        auto known = names_.find(name);
        if (known != names_.end()) {
            known->second.pass = pass_;
        } else if (events_ && !polls_) {
            out.push_back(name);
        }
    }
    return out;
}

bool folder_events::take(const std::vector<event_request>& requested) {
    bool any = false;
    for (auto& one : requested) {
        if (one.number) {
            doubled_.erase(one.folder);
            folders_.insert_or_assign(*one.number, one.folder);
            names_.insert_or_assign(one.folder, watched_folder{*one.number, pass_});
            any = true;
        } else if (one.number.error().code == errc::already_watched) {
            doubled_.insert(one.folder);
        } else if (one.number.error().code != errc::folder_absent) {
            poll_because(one.number.error());
        }
    }
    return any;
}

bool folder_events::end_pass() {
    bool any_left = false;
    for (auto at = names_.begin(); at != names_.end();) {
        auto [name, one] = *at;
        ++at;
        if (name.empty() || one.pass == pass_) continue;
        remove(one.number);
        any_left = true;
    }
    bool has_doubled = !doubled_.empty();
    doubled_.clear();
    if (!has_doubled || any_left) return has_doubled;
    // It is in the folder twice, as with a bind mount: its events have the other name.
    poll_because(
        {errc::already_watched, remedy::give_up, "one of its folders can be reached on two paths"}
    );
    return false;
}

void folder_events::leave(const std::string& subfolder) {
    if (subfolder.empty()) return;
    std::vector<int> left;
    if (auto own = names_.find(subfolder); own != names_.end()) left.push_back(own->second.number);
    auto inside = subfolder + "/";
    for (auto at = names_.lower_bound(inside); at != names_.end(); ++at) {
        if (!at->first.starts_with(inside)) break;
        left.push_back(at->second.number);
    }
    for (auto number : left) remove(number);
}

void folder_events::remove(int number) {
    events_->remove(number);
    forget(number);
}

void folder_events::poll_because(const failure& why) {
    if (problem_) return;
    problem_ = why;
    if (polls_) return;
    log_.warning(
        "cannot watch a folder for events; it is polled",
        {{"watch", watch_.options.name},
         {"folders_watched", std::to_string(watched())},
         {"code", why.code.text()},
         {"detail", why.message()}}
    );
    set_polling(true);
}

void folder_events::stop() {
    for (auto& [number, name] : folders_) {
        if (events_) events_->remove(number);
    }
    folders_.clear();
    names_.clear();
    doubled_.clear();
}

void folder_events::forget(int number) {
    auto found = folders_.find(number);
    if (found == folders_.end()) return;
    auto named = names_.find(found->second);
    if (named != names_.end() && named->second.number == number) names_.erase(named);
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
