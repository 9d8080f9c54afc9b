#include "pipeline/following/log_reports.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace kustodrop::pipeline {

static log_level level_of(spool::log_status status) {
    using spool::log_status;
    switch (status) {
    case log_status::truncated:
    case log_status::cut_short:
    case log_status::remains:
    case log_status::from_its_size:
    case log_status::broken:
    case log_status::wiped:
        return log_level::info;
    case log_status::too_many:
        return log_level::warning;
    default:
        return log_level::debug;
    }
}

void log_reports::report(const spool::folder_look& seen, const std::string& watch) {
    std::map<std::string, spool::log_status> now;
    for (auto& one : seen.news) {
        now[one.name] = one.status;
        auto before = reported_.find(one.name);
        if (before != reported_.end() && before->second == one.status) continue;
        log_.write(
            level_of(one.status),
            "a log was judged",
            {{"watch", watch}, {"log", one.name}, {"status", std::string(to_string(one.status))}}
        );
    }
    reported_ = std::move(now);
    std::set<std::string> refused(seen.unreadable.begin(), seen.unreadable.end());
    for (auto& name : refused) {
        if (refused_.contains(name)) continue;
        log_.warning(
            "cannot read a log: no permission; it is tried again", {{"watch", watch}, {"log", name}}
        );
    }
    refused_ = std::move(refused);
    std::set<std::string> waiting;
    notices_.clear();
    for (auto& one : seen.waiting) {
        if (one.why.empty()) continue;
        auto text = "cannot be inflated: " + one.why + "; it is tried again";
        if (notices_.empty()) notices_.push_back({"compressed_waits", 0, one.name, text});
        ++notices_.front().files;
        waiting.insert(one.name);
        if (waiting_.contains(one.name)) continue;
        log_.warning(
            "cannot inflate a compressed log; it is tried again",
            {{"watch", watch}, {"log", one.name}, {"reason", one.why}}
        );
    }
    waiting_ = std::move(waiting);
    report_hidden(seen, watch);
    report_links(seen, watch);
    for (auto& one : seen.abandoned) {
        log_.warning(
            "a log without a name is not held open any more while a program writes it: what that "
            "adds to it is not shipped",
            {{"watch", watch}, {"log", one.name}, {"limit", one.limit}}
        );
    }
    for (auto& name : seen.vanished) {
        log_.warning(
            "a compressed log was deleted before there was room to inflate it: how many bytes of "
            "it "
            "were not read is not known",
            {{"watch", watch}, {"log", name}}
        );
    }
}

void log_reports::report_hidden(const spool::folder_look& seen, const std::string& watch) {
    std::set<std::string> hidden(seen.hidden.begin(), seen.hidden.end());
    for (auto& name : hidden) {
        if (hidden_.contains(name)) continue;
        log_.warning(
            "cannot look into a folder: its logs are kept as they are; it is tried again",
            {{"watch", watch}, {"folder", name.empty() ? std::string(".") : name}}
        );
    }
    hidden_ = std::move(hidden);
    if (hidden_.empty()) return;
    auto text = "cannot be looked into: its logs are not shipped; allow it to the daemon's user";
    notices_.push_back({"folder_unreadable", hidden_.size(), *hidden_.begin(), text});
}

// Once, however many there are: a folder may hold nothing else.
void log_reports::report_links(const spool::folder_look& seen, const std::string& watch) {
    std::set<std::string> links(seen.links.begin(), seen.links.end());
    bool is_new = std::exchange(links_, std::move(links)).empty();
    if (links_.empty()) return;
    auto& first = *links_.begin();
    static constexpr auto text =
        "a symbolic link leads to a file that is not followed: watch the folder that the file is "
        "in, or include its name";
    notices_.push_back({"symbolic_link", links_.size(), first, text});
    if (!is_new) return;
    auto count = std::to_string(links_.size());
    log_.warning(text, {{"watch", watch}, {"log", first}, {"links", count}});
}

void log_reports::report_range(const spool::log_range& range, const std::string& watch) {
    using spool::record_split;
    auto& name = range.bytes.name;
    if (range.is_utf16) report_utf16(name, watch);
    auto warn = [&](std::string_view what) {
        auto offset = std::to_string(range.bytes.offset);
        log_.warning(what, {{"watch", watch}, {"log", name}, {"offset", offset}});
    };
    if (range.split == record_split::length) {
        warn("a record is longer than max_record: it is cut within");
    } else if (range.split == record_split::rest) {
        warn("what follows a cut within a line is shipped as a record of its own");
    } else if (range.split == record_split::quote && unclosed_.insert(name).second) {
        warn(
            "a line has a quotation that is not closed: it is shipped alone, as it is, and so is "
            "each such line of this log"
        );
        keep({"open_quote", 1, name, "has a quotation that is not closed: its line is alone"});
    }
}

void log_reports::report_utf16(const std::string& name, const std::string& watch) {
    log_.warning(
        "a log begins with the mark of UTF-16: its lines arrive garbled; have it written in UTF-8",
        {{"watch", watch}, {"log", name}}
    );
    keep({"utf16", 1, name, "is UTF-16: its lines arrive garbled; have it written in UTF-8"});
}

void log_reports::keep(notice one) {
    auto known = std::ranges::find(kept_, one.code, &notice::code);
    if (known == kept_.end()) return kept_.push_back(std::move(one));
    known->files += one.files;
}

std::vector<notice> log_reports::notices() const {
    auto out = notices_;
    out.insert(out.end(), kept_.begin(), kept_.end());
    return out;
}

}  // namespace kustodrop::pipeline
