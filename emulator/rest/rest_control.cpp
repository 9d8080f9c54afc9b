#include "emulator/rest/rest_control.hpp"

#include "base/text.hpp"
#include "emulator/front/answers.hpp"
#include "emulator/front/durations.hpp"

#include <boost/json.hpp>

#include <charconv>
#include <utility>
#include <vector>

namespace kustodrop::emulator {

namespace json = boost::json;

namespace {

/// Reads members into options of several types and remembers the first that does not fit.
class member_writer {
public:
    explicit member_writer(const json::object& body) : body_(body) {}

    void flag(std::string_view name, bool& out) {
        if (auto* value = find(name); value && value->is_bool()) {
            out = value->get_bool();
        } else if (value) {
            reject(name);
        }
    }
    void text(std::string_view name, std::string& out) {
        if (auto* value = find(name); value && value->is_string()) {
            out = std::string(value->get_string());
        } else if (value) {
            reject(name);
        }
    }
    template <class number>
    void natural(std::string_view name, number& out) {
        auto* value = find(name);
        if (value && value->is_int64() && value->get_int64() >= 0) {
            out = static_cast<number>(value->get_int64());
        } else if (value) {
            reject(name);
        }
    }
    void time(std::string_view name, duration& out) {
        auto* value = find(name);
        auto* text = value ? value->if_string() : nullptr;
        auto read = text ? parse_duration(std::string_view(*text)) : std::nullopt;
        if (read) out = *read;
        if (value && !read) reject(name);
    }
    // A list of strings.
    template <class list>
    void texts(std::string_view name, list& out) {
        auto* value = find(name);
        if (!value) return;
        if (!value->is_array()) return reject(name);
        out.clear();
        for (auto& one : value->get_array()) {
            if (!one.is_string()) return reject(name);
            out.insert(out.end(), std::string(one.get_string()));
        }
    }
    const json::value* find(std::string_view name) {
        asked_.push_back(name);
        return body_.if_contains(name);
    }
    void reject(std::string_view name) {
        if (!problem_) problem_ = "invalid value of " + std::string(name);
    }
    std::optional<std::string> problem() const {
        if (problem_) return problem_;
        for (auto& member : body_) {
            bool known = false;
            for (auto name : asked_) known = known || name == member.key();
            if (!known) return "unknown member " + std::string(member.key());
        }
        return std::nullopt;
    }

private:
    const json::object& body_;
    std::vector<std::string_view> asked_;
    std::optional<std::string> problem_;
};

std::optional<std::string> read_report(
    const json::value& value, std::optional<reported_outcome>& out
) {
    if (value.is_null()) {
        out.reset();
        return std::nullopt;
    }
    if (!value.is_object()) return "report must be an object or null";
    member_writer write(value.get_object());
    reported_outcome report{"Failed", "", ""};
    write.text("status", report.status);
    write.text("code", report.code);
    write.text("failure_status", report.failure_status);
    if (report.status != "Failed" && report.status != "Canceled") write.reject("status");
    out = report;
    return write.problem();
}

http::response problem(unsigned status, std::string_view what) {
    return json_answer(status, json::serialize(json::object{{"error", what}}));
}

}  // namespace

std::optional<streaming_mode> parse_streaming_mode(std::string_view name) {
    if (name == "on") return streaming_mode::on;
    if (name == "off") return streaming_mode::off;
    if (name == "disabled") return streaming_mode::disabled;
    return std::nullopt;
}

std::optional<std::string> change_rest(const json::object& body, rest_options& options) {
    auto changed = options;
    member_writer write(body);
    write.flag("enabled", changed.enabled);
    write.text("ingestion_method", changed.ingestion_method);
    write.text("upload_method", changed.upload_method);
    write.texts("lake_folders", changed.lake_folders);
    write.text("refresh_interval", changed.refresh_interval);
    write.natural("max_blobs", changed.max_blobs);
    write.natural("max_data_size", changed.max_data_size);
    write.flag("numbers_as_text", changed.numbers_as_text);
    write.flag("camel_case", changed.camel_case);
    write.time("notice_after", changed.notice_after);
    write.time("operation_lifetime", changed.operation_lifetime);
    if (auto* report = write.find("report")) {
        if (auto wrong = read_report(*report, changed.report)) return wrong;
    }
    write.find("forget");  // Not an option: see rest_control::change.
    if (auto wrong = write.problem()) return wrong;
    options = std::move(changed);
    return std::nullopt;
}

std::optional<std::string> change_streaming(const json::object& body, streaming_options& options) {
    auto changed = options;
    member_writer write(body);
    std::string mode;
    write.text("mode", mode);
    auto chosen = parse_streaming_mode(mode);
    if (chosen) changed.mode = *chosen;
    if (write.find("mode") && !chosen) write.reject("mode");
    write.texts("tables_on", changed.tables_on);
    write.texts("tables_off", changed.tables_off);
    write.natural("max_bytes", changed.max_bytes);
    write.natural("max_requests", changed.max_requests);
    if (auto wrong = write.problem()) return wrong;
    options = std::move(changed);
    return std::nullopt;
}

bool rest_control::owns(const exchange& one) {
    return one.path == "/control/rest" || one.path == "/control/streaming" ||
           one.path == "/control/operations";
}

asio::awaitable<http::reply> rest_control::answer(const exchange& one) {
    http::reply out;
    if (one.path == "/control/operations") {
        out.answer = co_await operations(one);
    } else {
        out.answer = change(one);
    }
    co_return out;
}

http::response rest_control::change(const exchange& one) {
    if (one.request.method != http::verb::post) return problem(404, "only POST is known here");
    json::error_code error;
    auto parsed = json::parse(one.request.body, error);
    auto* body = error ? nullptr : parsed.if_object();
    if (!body) return problem(400, "a JSON object is wanted");
    auto wrong = one.path == "/control/rest" ? change_rest(*body, rest_)
                                             : change_streaming(*body, streaming_);
    if (wrong) return problem(400, *wrong);
    auto* forget = body->if_contains("forget");
    if (forget && forget->is_bool() && forget->get_bool()) service_.forget_operations();
    return json_answer(200, "{\"ok\":true}");
}

asio::awaitable<http::response> rest_control::operations(const exchange& one) {
    std::uint64_t after = 0;
    auto since = one.parameter("after").value_or("");
    std::from_chars(since.data(), since.data() + since.size(), after);
    json::array out;
    for (auto& [number, begun] : service_.operations(after)) {
        auto each = number;
        auto found = begun;
        auto ended = co_await service_.outcomes(found);
        json::array blobs;
        for (std::size_t i = 0; i < found.blobs.size() && i < ended.size(); ++i) {
            auto& outcome = ended[i];
            auto status = outcome ? outcome->status : "pending";
            json::object blob;
            blob["url"] = found.blobs[i].url;
            blob["source_id"] = found.blobs[i].source_id;
            blob["status"] = status;
            blob["text"] = found.blobs[i].text;
            blobs.push_back(std::move(blob));
        }
        json::object item;
        item["sequence"] = each;
        item["id"] = found.id;
        item["database"] = found.database;
        item["table"] = found.table;
        item["time"] = to_iso8601(found.started);
        item["tracked"] = found.tracked;
        item["blobs"] = std::move(blobs);
        out.push_back(std::move(item));
    }
    co_return json_answer(200, json::serialize(out));
}

}  // namespace kustodrop::emulator
