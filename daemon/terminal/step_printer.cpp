#include "daemon/terminal/step_printer.hpp"

#include "base/live_secrets.hpp"
#include "base/text.hpp"
#include "daemon/program.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <cstdio>

namespace kustodrop::daemon {

namespace json = boost::json;

void step_printer::take(const char* mark, taken one) {
    one.detail = without_secrets(printable(one.detail));
    if (!quiet_) {
        auto name = one.step;
        name.resize(std::max<std::size_t>(name.size(), 26), ' ');
        bool says_code = one.code.empty() || one.detail.starts_with(one.code);
        auto summary = says_code ? one.detail : one.code + ": " + one.detail;
        std::printf("%s  %s %s\n", mark, name.c_str(), summary.c_str());
        std::fflush(stdout);
    }
    steps_.push_back(std::move(one));
}

void step_printer::remember(int code) {
    if (code_ == all_well) code_ = code;
}

void step_printer::good(std::string_view step, const std::string& detail) {
    take("ok  ", {std::string(step), "ok", "", detail});
}

void step_printer::bad(std::string_view step, const failure& problem) {
    take("FAIL", {std::string(step), "failed", problem.code.text(), problem.message()});
    remember(exit_code_for(problem));
}

void step_printer::bad(std::string_view step, const std::string& detail, int code) {
    take("FAIL", {std::string(step), "failed", "", detail});
    remember(code);
}

void step_printer::skipped(std::string_view step, const std::string& why) {
    take("-   ", {std::string(step), "skipped", "", why});
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
