#include "daemon/admin/history.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <chrono>

namespace kustodrop::daemon {

namespace json = boost::json;

history_sample sample_of(const metrics& measured, const status_report& report) {
    auto all = [&](std::string_view name) { return measured.total(name, "", ""); };
    auto outcome = [&](std::string_view which) {
        return measured.total("kustodrop_sources_total", "outcome", which);
    };
    history_sample out;
    out.at = report.now;
    out.files_seen = all("kustodrop_files_seen_total");
    out.raw_bytes = all("kustodrop_raw_bytes_total");
    out.uploaded_bytes = all("kustodrop_uploaded_bytes_total");
    out.succeeded = outcome("succeeded");
    out.failed = outcome("failed");
    out.rejected = outcome("rejected");
    out.skipped = outcome("skipped");
    out.unconfirmed = outcome("unconfirmed");
    out.presumed = outcome("presumed");
    for (auto& watch : report.watches) {
        out.pending += static_cast<double>(watch.counts.pending_files);
        if (!watch.counts.oldest) continue;
        std::chrono::duration<double> age(report.now - *watch.counts.oldest);
        out.oldest_age_seconds = std::max(out.oldest_age_seconds, age.count());
    }
    return out;
}

void history::add(const history_sample& sample) {
    if (samples_.size() == capacity) samples_.pop_front();
    samples_.push_back(sample);
}

// Since the epoch.
static std::int64_t milliseconds(wall_time at) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(at.time_since_epoch()).count();
}

static json::array row_of(const history_sample& one) {
    json::array row;
    row.emplace_back(milliseconds(one.at));
    for (double value :
         {one.files_seen,
          one.raw_bytes,
          one.uploaded_bytes,
          one.succeeded,
          one.failed,
          one.rejected,
          one.skipped,
          one.unconfirmed,
          one.presumed,
          one.pending,
          one.oldest_age_seconds}) {
        // Whole numbers, as far as a double counts exactly.
        row.emplace_back(static_cast<std::int64_t>(value));
    }
    return row;
}

std::string history::to_json(wall_time after) const {
    json::array columns;
    for (auto name :
         {"at",
          "files_seen",
          "raw_bytes",
          "uploaded_bytes",
          "succeeded",
          "failed",
          "rejected",
          "skipped",
          "unconfirmed",
          "presumed",
          "pending",
          "oldest_age_seconds"}) {
        columns.emplace_back(name);
    }
    json::array rows;
    for (auto& one : samples_) {
        if (milliseconds(one.at) > milliseconds(after)) rows.push_back(row_of(one));
    }
    json::object out;
    out["interval_seconds"] = std::chrono::duration_cast<std::chrono::seconds>(interval).count();
    out["columns"] = std::move(columns);
    out["rows"] = std::move(rows);
    return json::serialize(out);
}

}  // namespace kustodrop::daemon
