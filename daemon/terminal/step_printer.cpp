#include "daemon/terminal/step_printer.hpp"

#include "base/live_secrets.hpp"
#include "base/text.hpp"
#include "daemon/program.hpp"
#include "daemon/terminal/output.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <cstdio>

namespace kustodrop::daemon {

namespace json = boost::json;

void step_printer::print(const char* mark, const taken& one) const {
    if (quiet_) return;
    auto name = one.step;
    name.resize(std::max<std::size_t>(name.size(), 26), ' ');
    bool says_code = one.code.empty() || one.detail.starts_with(one.code);
    auto summary = says_code ? one.detail : one.code + ": " + one.detail;
    put_text(std::string(mark) + "  " + name + " " + summary + "\n");
    std::fflush(stdout);
}

bool step_printer::repeats(const taken& one) {
    bool is_known =
        one.result == "failed" && std::ranges::any_of(steps_, [&](auto& other) {
            return other.result == one.result && other.step == one.step && other.code == one.code;
        });
    if (is_known) ++repeated_[{one.step, one.code}];
    return is_known;
}

void step_printer::take(const char* mark, taken one) {
    one.detail = without_secrets(printable(one.detail));
    bool is_kept = is_gathering_ && (one.result == "ok" || repeats(one));
    if (!is_kept) print(mark, one);
    steps_.push_back(std::move(one));
}

static void add_new(std::vector<std::string>& to, std::string one) {
    if (!one.empty() && std::ranges::count(to, one) == 0) to.push_back(std::move(one));
}

void step_printer::add(std::string_view step, const std::string& common) {
    auto blank = step.rfind(' ');
    auto kind = before_ + std::string(step.substr(0, blank));
    auto name = blank == step.npos ? std::string() : std::string(step.substr(blank + 1));
    auto at = std::ranges::find(kinds_, kind, &gathered::kind);
    if (at == kinds_.end()) at = kinds_.insert(kinds_.end(), {kind, {}, {}, 0});
    ++at->count;
    add_new(at->names, std::move(name));
    add_new(at->commons, without_secrets(printable(common)));
}

static constexpr std::size_t most_names = 3;

static std::string listed(const std::vector<std::string>& names) {
    std::string out;
    for (std::size_t i = 0; i < std::min(names.size(), most_names); ++i) {
        out += (i > 0 ? ", " : "") + names[i];
    }
    if (names.size() > most_names) {
        out += " and " + std::to_string(names.size() - most_names) + " more";
    }
    return out;
}

void step_printer::print_gathered() {
    is_gathering_ = false;
    for (auto& [what, count] : repeated_) {
        auto& [step, code] = what;
        print(
            "FAIL", {step, "failed", code, std::to_string(count) + " more like it; see --verbose"}
        );
    }
    repeated_.clear();
    for (auto& one : kinds_) {
        auto step = one.kind + (one.count > 1 ? ", " + std::to_string(one.count) : "");
        auto detail = listed(one.names);
        if (!one.commons.empty()) detail += ": " + one.commons.front();
        if (one.commons.size() > 1) detail += "; others differ, see --verbose";
        print("ok  ", {step, "ok", "", detail});
    }
    kinds_.clear();
}

void step_printer::remember(int code) {
    if (code_ == all_well) code_ = code;
}

void step_printer::good(std::string_view step, const std::string& detail) {
    take("ok  ", {before_ + std::string(step), "ok", "", detail});
    if (is_gathering_) add(step, "");
}

void step_printer::good(std::string_view step, const described& detail) {
    take("ok  ", {before_ + std::string(step), "ok", "", detail.name + " (" + detail.common + ")"});
    if (is_gathering_) add(step, detail.common);
}

void step_printer::bad(std::string_view step, const failure& problem) {
    take("FAIL", {before_ + std::string(step), "failed", problem.code.text(), problem.message()});
    remember(exit_code_for(problem));
}

void step_printer::bad(std::string_view step, const std::string& detail, int code) {
    take("FAIL", {before_ + std::string(step), "failed", "", detail});
    remember(code);
}

void step_printer::skipped(std::string_view step, const std::string& why) {
    take("-   ", {before_ + std::string(step), "skipped", "", why});
}

std::string step_printer::to_json(const std::map<std::string, std::string>& hosts, bool all_hosts)
    const {
    json::array steps;
    for (auto& one : steps_) {
        steps.push_back(json::object{
            {"step", one.step}, {"result", one.result}, {"code", one.code}, {"detail", one.detail}}
        );
    }
    json::array named;
    for (auto& [host, purpose] : hosts) {
        named.push_back(json::object{{"host", host}, {"purpose", purpose}});
    }
    return json::serialize(json::object{
        {"ok", code_ == all_well},
        {"exit_code", code_},
        {"steps", std::move(steps)},
        {"hosts", std::move(named)},
        {"hosts_complete", all_hosts}});
}

}  // namespace kustodrop::daemon
