#include "emulator/front/faults.hpp"

#include <boost/json.hpp>

namespace kustodrop::emulator {

namespace json = boost::json;

static constexpr std::uint64_t max_html_bytes = 64u << 20u;

static bool matches(std::string_view wanted, std::string_view actual) {
    return wanted.empty() || wanted == "*" || wanted == actual;
}

std::optional<fault_action> fault_plan::next_fault(
    std::string_view service,
    std::string_view operation,
    std::string_view account,
    std::string_view resource
) {
    for (auto& rule : rules_) {
        if (!matches(rule.service, service) || !matches(rule.operation, operation)) continue;
        if (!matches(rule.account, account) || !matches(rule.resource, resource)) continue;
        if (rule.count && *rule.count == 0) continue;
        if (rule.skip > 0) {
            --rule.skip;
            continue;
        }
        if (rule.count) --*rule.count;
        return rule.action;
    }
    return std::nullopt;
}

namespace {

// Reads members of an object and remembers the first that is not as it should be.
class member_reader {
public:
    explicit member_reader(const json::object& object) : object_(object) {}

    std::string text(std::string_view name) {
        auto* value = find(name);
        if (!value) return {};
        if (value->is_string()) return std::string(value->get_string());
        if (value->is_int64()) return std::to_string(value->get_int64());
        reject(name);
        return {};
    }
    std::optional<std::uint64_t> number(std::string_view name) {
        auto* value = find(name);
        if (!value) return std::nullopt;
        if (value->is_int64() && value->get_int64() >= 0) {
            return static_cast<std::uint64_t>(value->get_int64());
        }
        reject(name);
        return std::nullopt;
    }
    bool flag(std::string_view name) {
        auto* value = find(name);
        if (value && !value->is_bool()) reject(name);
        return value && value->is_bool() && value->get_bool();
    }
    void reject(std::string_view name) {
        if (!problem_) problem_ = "invalid value of " + std::string(name);
    }
    std::optional<std::string> problem() const {
        if (problem_) return problem_;
        for (auto& member : object_) {
            bool known = false;
            for (auto name : asked_) known = known || name == member.key();
            if (!known) return "unknown member " + std::string(member.key());
        }
        return std::nullopt;
    }
    const json::value* find(std::string_view name) {
        asked_.push_back(name);
        auto* value = object_.if_contains(name);
        return value && !value->is_null() ? value : nullptr;
    }

private:
    const json::object& object_;
    std::vector<std::string_view> asked_;
    std::optional<std::string> problem_;
};

std::optional<std::string> read_action(const json::object& object, fault_action& out) {
    member_reader read(object);
    out.status = static_cast<unsigned>(read.number("status").value_or(0));
    if (out.status != 0 && (out.status < 200 || out.status > 599)) read.reject("status");
    out.code = read.text("code");
    out.message = read.text("message");
    out.retry_after = read.text("retry_after");
    out.content_encoding = read.text("content_encoding");
    out.html_bytes = read.number("html_bytes").value_or(0);
    if (out.html_bytes > max_html_bytes) read.reject("html_bytes");
    out.chunk_extension = read.number("chunk_extension").value_or(0);
    if (out.chunk_extension > max_html_bytes) read.reject("chunk_extension");
    out.delay = std::chrono::milliseconds(read.number("delay_ms").value_or(0));
    out.answer_delay = std::chrono::milliseconds(read.number("answer_delay_ms").value_or(0));
    auto reset = read.text("reset");
    if (reset == "before") out.reset = fault_action::break_at::before;
    if (reset == "after") out.reset = fault_action::break_at::after;
    if (!reset.empty() && reset != "before" && reset != "after") read.reject("reset");
    out.stall = read.flag("stall");
    return read.problem();
}

std::optional<std::string> read_rule(const json::value& value, fault_rule& out) {
    auto* object = value.if_object();
    if (!object) return "a rule is an object";
    member_reader read(*object);
    out.service = read.text("service");
    out.operation = read.text("operation");
    out.account = read.text("account");
    out.resource = read.text("resource");
    out.count = read.number("count");
    out.skip = read.number("skip").value_or(0);
    auto* action = read.find("action");
    if (auto problem = read.problem()) return problem;
    if (!action || !action->is_object()) return "a rule needs an action";
    return read_action(action->get_object(), out.action);
}

}  // namespace

std::optional<std::string> fault_plan::parse(std::string_view text, std::vector<fault_rule>& out) {
    boost::system::error_code error;
    auto value = json::parse(text, error);
    if (error || !value.is_array()) return "expected a JSON array of rules";
    for (auto& item : value.get_array()) {
        if (auto problem = read_rule(item, out.emplace_back())) return problem;
    }
    return std::nullopt;
}

}  // namespace kustodrop::emulator
