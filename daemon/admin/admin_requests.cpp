// Writes and reads the requests that commands send to the daemon's admin socket.
#include "base/text.hpp"
#include "daemon/admin/admin.hpp"

#include <boost/json.hpp>

#include <charconv>

namespace kustodrop::daemon {

namespace json = boost::json;

// Passes on each "name=value", decoded; false at the first one that is not valid.
template <class Take>
static bool each_parameter(std::string_view text, Take take) {
    if (text.empty()) return true;
    for (auto part : split(text, '&')) {
        auto at = part.find('=');
        if (at == std::string_view::npos) return false;
        auto value = percent_decode(part.substr(at + 1));
        if (!value || !take(part.substr(0, at), std::move(*value))) return false;
    }
    return true;
}

static std::optional<long long> number(std::string_view text) {
    long long value = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value < 0) return std::nullopt;
    return value;
}

static bool apply(spool::journal_query& query, std::string_view name, std::string value) {
    if (name == "since") {
        auto at = number(value);
        if (at) query.since = wall_time(std::chrono::microseconds(*at));
        return at.has_value();
    }
    if (name == "after") {
        auto comma = value.find(',');
        auto at = number(std::string_view(value).substr(0, comma));
        if (at) query.after.changed_at_us = *at;
        if (comma != std::string::npos) query.after.id = to_lower(value.substr(comma + 1));
        return at.has_value();
    }
    if (name == "limit") {
        auto count = number(value);
        if (count) query.limit = static_cast<std::size_t>(*count);
        return count.has_value();
    }
    if (name == "outcome") {
        query.outcome = spool::parse_outcome(value);
        return query.outcome.has_value();
    }
    if (name == "stage")
        query.stage = std::move(value);
    else if (name == "watch")
        query.watch = std::move(value);
    else if (name == "file")
        query.file_glob = std::move(value);
    else if (name == "source")
        query.source_id = std::move(value);
    else
        return false;
    return true;
}

std::optional<spool::journal_query> parse_journal_query(std::string_view text) {
    spool::journal_query query;
    if (!each_parameter(text, [&](auto name, auto value) { return apply(query, name, value); })) {
        return std::nullopt;
    }
    return query;
}

std::string journal_query_text(const spool::journal_query& query) {
    auto out = "limit=" + std::to_string(query.limit);
    if (query.since) out += "&since=" + std::to_string(query.since->time_since_epoch().count());
    if (query.after.changed_at_us != INT64_MAX) {
        out += "&after=" + std::to_string(query.after.changed_at_us) + "," +
               percent_encode(query.after.id);
    }
    if (query.outcome) out += "&outcome=" + std::string(to_string(*query.outcome));
    if (query.stage) out += "&stage=" + percent_encode(*query.stage);
    if (query.watch) out += "&watch=" + percent_encode(*query.watch);
    if (query.file_glob) out += "&file=" + percent_encode(*query.file_glob);
    if (query.source_id) out += "&source=" + percent_encode(*query.source_id);
    return out;
}

std::optional<wall_time> parse_history_query(std::string_view text) {
    wall_time after{};
    auto take = [&](std::string_view name, const std::string& value) {
        auto at = number(value);
        // What a count of microseconds holds.
        bool good = name == "after" && at && *at < 9'000'000'000'000'000;
        if (good) after = wall_time(std::chrono::milliseconds(*at));
        return good;
    };
    if (!each_parameter(text, take)) return std::nullopt;
    return after;
}

std::optional<pipeline::retry_request> parse_retry_request(std::string_view text) {
    pipeline::retry_request wanted;
    auto take = [&](std::string_view name, std::string value) {
        if (name == "watch") wanted.watch = value;
        if (name == "source") wanted.source_id = to_lower(value);
        if (name == "error") wanted.code = value;
        if (name == "file") wanted.file = value;
        if (name == "dry_run") wanted.dry_run = value == "true";
        bool is_flag = name == "dry_run" && (value == "true" || value == "false");
        return is_flag || name == "watch" || name == "source" || name == "error" || name == "file";
    };
    if (!each_parameter(text, take)) return std::nullopt;
    return wanted;
}

std::optional<look_request> parse_look_request(std::string_view text) {
    look_request wanted;
    auto take = [&](std::string_view name, std::string value) {
        if (name == "watch") wanted.watch = value;
        if (name == "file") wanted.file = value;
        return name == "watch" || name == "file";
    };
    if (!each_parameter(text, take) || wanted.file.empty()) return std::nullopt;
    return wanted;
}

std::string look_request_text(const look_request& wanted) {
    return "watch=" + percent_encode(wanted.watch) + "&file=" + percent_encode(wanted.file);
}

std::optional<std::string> parse_targets_request(std::string_view text) {
    std::string watch;
    auto take = [&](std::string_view name, std::string value) {
        watch = std::move(value);
        return name == "watch";
    };
    if (!each_parameter(text, take)) return std::nullopt;
    return watch;
}

std::string targets_json(const std::vector<std::string>& recorded) {
    json::array out;
    for (auto& one : recorded) out.push_back(json::string(one));
    return json::serialize(out);
}

std::vector<std::string> targets_of(std::string_view text) {
    std::vector<std::string> out;
    boost::system::error_code malformed;
    auto parsed = json::parse(text, malformed);
    auto* list = malformed ? nullptr : parsed.if_array();
    if (!list) return out;
    for (auto& one : *list) {
        if (one.is_string()) out.emplace_back(one.get_string());
    }
    return out;
}

std::string look_json(const std::optional<spool::sighting>& seen) {
    if (!seen) return json::serialize(json::object{{"exists", false}});
    return json::serialize(json::object{
        {"exists", true},
        {"kind", static_cast<int>(seen->kind)},
        {"links", seen->links},
        {"bytes", seen->identity.size_bytes},
        {"modified_ns", seen->identity.modified_ns},
        {"changed_ns", seen->identity.changed_ns},
        {"readable", seen->readable}});
}

std::optional<spool::sighting> sighting_of(std::string_view text) {
    boost::system::error_code malformed;
    auto parsed = json::parse(text, malformed);
    auto* object = malformed ? nullptr : parsed.if_object();
    if (!object) return std::nullopt;
    auto number = [&](const char* name) {
        auto* value = object->if_contains(name);
        return value && value->is_number() ? value->to_number<std::int64_t>() : 0;
    };
    auto is_true = [&](const char* name) {
        auto* value = object->if_contains(name);
        return value && value->is_bool() && value->get_bool();
    };
    if (!is_true("exists")) return std::nullopt;
    spool::sighting out;
    out.kind = static_cast<spool::file_kind>(number("kind"));
    out.links = static_cast<unsigned>(number("links"));
    out.identity.size_bytes = static_cast<std::uint64_t>(number("bytes"));
    out.identity.modified_ns = number("modified_ns");
    out.identity.changed_ns = number("changed_ns");
    out.readable = is_true("readable");
    return out;
}

std::string retry_request_text(const pipeline::retry_request& wanted) {
    std::string out;
    auto add = [&](std::string_view name, const std::optional<std::string>& value) {
        if (!value) return;
        out += (out.empty() ? "" : "&") + std::string(name) + "=" + percent_encode(*value);
    };
    add("watch", wanted.watch);
    add("source", wanted.source_id);
    add("error", wanted.code);
    add("file", wanted.file);
    if (wanted.dry_run) add("dry_run", "true");
    return out;
}

std::string retried_json(const pipeline::retry_report& report, bool dry_run) {
    json::array all;
    json::array left_out;
    std::size_t problems = 0;
    for (auto& one : report.left_out) {
        left_out.push_back(json::object{
            {"watch", one.watch},
            {"code", one.why.code.text()},
            {"detail", printable(one.why.message())}});
    }
    for (auto& file : report.files) {
        if (!file.problem.empty()) ++problems;
        all.push_back(json::object{
            {"watch", file.watch},
            {"source_id", file.source_id},
            {"file", printable(file.file)},
            {"code", file.code},
            {"problem", printable(file.problem)}});
    }
    return json::serialize(json::object{
        {"dry_run", dry_run},
        {"retried", std::move(all)},
        {"problems", problems},
        {"expired", report.expired},
        {"left_out", std::move(left_out)}});
}

}  // namespace kustodrop::daemon
