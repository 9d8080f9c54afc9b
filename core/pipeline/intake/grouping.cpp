#include "pipeline/intake/grouping.hpp"

#include "pipeline/shipping/shipment.hpp"

#include <algorithm>
#include <utility>

namespace kustodrop::pipeline {

static bool is_line_format(kusto::data_format format) {
    return joining_rules::separator_of(format) || format == kusto::data_format::txt ||
           format == kusto::data_format::json;
}

std::optional<char> joining_rules::separator_of(kusto::data_format format) {
    auto rules = data_rules_of(format);
    if (rules.syntax != spool::data_syntax::separated) return std::nullopt;
    return rules.separator;
}

static std::string refusal(const watch_options& watch) {
    auto format = watch.target.format;
    auto name = std::string(kusto::to_string(format));
    if (watch.coalesce.max_files <= 1) return "coalesce.max_files is 1";
    if (!is_line_format(format)) return "files of format " + name + " cannot be joined";
    // What the service takes for the first record of lines without columns is not documented.
    if (watch.target.ignore_first_record && !joining_rules::separator_of(format)) {
        return "ignore_first_record is set for " + name;
    }
    return {};
}

static std::optional<spool::creation_time_pattern> pattern_of(const target& where) {
    if (where.creation_time_pattern.empty()) return std::nullopt;
    auto parsed = spool::creation_time_pattern::parse(where.creation_time_pattern);
    return parsed ? std::optional(std::move(*parsed)) : std::nullopt;
}

joining_rules::joining_rules(const watch_options& watch)
    : refused_(refusal(watch)),
      max_bytes_(std::min(watch.coalesce.max_bytes, small_file_bytes)),
      routes_(watch) {
    if (!routes_.are_by_path()) pattern_ = pattern_of(watch.target);
}

std::optional<std::string> joining_rules::alone_because(std::string_view name, std::uint64_t bytes)
    const {
    if (!refused_.empty()) return refused_;
    if (bytes == 0) return "it is empty";
    if (bytes >= max_bytes_) return "it is large enough for a blob of its own";
    if (is_gzip_name(name)) return "it is gzip already";
    return std::nullopt;
}

std::string joining_rules::key(std::string_view name) const {
    auto time_in = [&](const std::optional<spool::creation_time_pattern>& pattern) {
        auto time = pattern ? pattern->match(name) : std::nullopt;
        return time ? std::to_string(time->time_since_epoch().count()) : std::string();
    };
    if (!routes_.are_by_path()) return time_in(pattern_);
    auto made = routes_.decide(name);
    auto* where = std::get_if<target>(&made);
    if (!where) return {};
    return time_in(pattern_of(*where)) + " " + destination_of(*where);
}

void grouping::close(std::size_t index) {
    closed_.push_back(std::move(open_[index].files));
    open_.erase(open_.begin() + static_cast<std::ptrdiff_t>(index));
}

void grouping::add(const std::string& key, companion file, time_point now) {
    auto same = [&](auto& one) { return one.key == key; };
    auto found = std::ranges::find_if(open_, same);
    if (found != open_.end() && found->bytes + file.bytes > options_.max_bytes) {
        close(static_cast<std::size_t>(found - open_.begin()));
        found = open_.end();
    }
    if (found == open_.end()) {
        if (open_.size() >= most_open_) close(0);
        open_.push_back({key, now});
        found = open_.end() - 1;
    }
    found->bytes += file.bytes;
    found->files.push_back(std::move(file));
    if (found->files.size() < options_.max_files && found->bytes < options_.max_bytes) return;
    close(static_cast<std::size_t>(found - open_.begin()));
}

std::vector<grouping::group> grouping::take_closed(time_point now) {
    while (!open_.empty() && open_.front().since + options_.max_age <= now) close(0);
    return std::exchange(closed_, {});
}

std::vector<grouping::group> grouping::take_all() {
    while (!open_.empty()) close(0);
    return std::exchange(closed_, {});
}

std::optional<time_point> grouping::next_due() const {
    if (open_.empty()) return std::nullopt;
    return open_.front().since + options_.max_age;
}

std::vector<std::vector<std::string>> group(
    const std::vector<listed_file>& files, const watch_options& watch
) {
    joining_rules rules(watch);
    grouping gathered(watch.coalesce);
    std::vector<std::vector<std::string>> out;
    for (auto& file : files) {
        if (rules.alone_because(file.name, file.bytes)) {
            out.push_back({file.name});
        } else {
            gathered.add(rules.key(file.name), {file.name, file.bytes, 0}, {});
        }
    }
    for (auto& together : gathered.take_all()) {
        auto& names = out.emplace_back();
        for (auto& file : together) names.push_back(std::move(file.id));
    }
    return out;
}

}  // namespace kustodrop::pipeline
