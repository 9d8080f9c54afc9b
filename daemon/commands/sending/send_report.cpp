#include "daemon/commands/sending/send_report.hpp"

#include "daemon/exit_code.hpp"

#include <algorithm>

namespace kustodrop::daemon {

const sent_file& send_report::note(const spool::source& what) {
    sent_file file;
    file.path = "/" + what.slices.front().name;
    file.source_id = what.id;
    file.state = spool::name_of(what.stage);
    auto* record = spool::outcome_of(what.stage);
    if (record) {
        file.state = to_string(record->outcome);
        file.code = record->code;
        file.details = record->details;
    }
    auto& bytes = bytes_[what.id];
    bytes.all = what.size_bytes();
    bool with_the_service = record || file.state == "posted" || file.state == "posting";
    if (with_the_service) bytes.sent = bytes.all;
    return note(std::move(file));
}

const sent_file& send_report::note(sent_file file) {
    auto path = file.path;
    return files_.insert_or_assign(path, std::move(file)).first->second;
}

void send_report::note_trouble(const std::optional<failure>& why) {
    for (auto& [path, file] : files_) {
        if (is_final(file.state) || file.state == "posted") continue;
        file.code = why ? why->code.text() : "";
        file.details = why ? why->message() : "";
    }
}

void send_report::note_accepted(const std::string& source_id, std::uint64_t bytes) {
    auto& known = bytes_[source_id];
    known.sent = std::min(bytes, known.all);
}

bool send_report::is_final(const std::string& state) const {
    return spool::parse_outcome(state) || (!waits_ && state == "posted");
}

bool send_report::all_final() const {
    return std::ranges::all_of(files_, [&](auto& one) { return is_final(one.second.state); });
}

bool send_report::all_sent() const {
    return std::ranges::all_of(files_, [&](auto& one) {
        auto& state = one.second.state;
        return is_final(state) || state == "posted";
    });
}

int send_report::exit_code() const {
    bool failed = false;
    for (auto& [path, file] : files_) {
        auto outcome = spool::parse_outcome(file.state);
        if (!outcome && !is_final(file.state)) return work_pending;
        if (outcome == spool::outcome::unconfirmed) return work_pending;
        failed = failed || outcome == spool::outcome::failed || outcome == spool::outcome::rejected;
    }
    return failed ? some_failed : all_well;
}

send_state send_report::state() const {
    send_state out;
    out.files = files_.size();
    for (auto& [path, file] : files_) {
        bool settled = spool::parse_outcome(file.state).has_value();
        out.settled += settled ? 1 : 0;
        out.sent += settled || file.state == "posted" ? 1 : 0;
    }
    for (auto& [id, bytes] : bytes_) {
        out.bytes += bytes.all;
        out.bytes_sent += bytes.sent;
    }
    return out;
}

}  // namespace kustodrop::daemon
