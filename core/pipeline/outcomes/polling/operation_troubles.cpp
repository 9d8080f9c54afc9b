#include "pipeline/outcomes/polling/operation_troubles.hpp"

#include "kusto/rest/operation_pauses.hpp"

#include <algorithm>
#include <utility>

namespace kustodrop::pipeline {

failing_scope scope_of(unsigned status, const failure& why) {
    if (status == 401 || status == 403) return failing_scope::table;
    if (status == 429 || status == 503) return failing_scope::service;
    if (status != 0) return failing_scope::operation;
    bool is_about_one = why.code == errc::timeout || why.code == errc::connection_reset ||
                        why.code == errc::bad_answer || why.code == errc::answer_too_large;
    return is_about_one ? failing_scope::operation : failing_scope::service;
}

// Longer ones are those of a table: others may be well.
static constexpr duration longest_common_wish = 1min;

void operation_troubles::begin() {
    service_.reset();
    pass_ends_ = false;
    has_answer_ = false;
    last_failed_.clear();
}

void operation_troubles::answered(const asked& what) {
    operations_.erase(what.path);
    tables_.erase(what.table);
    has_answer_ = true;
    silent_passes_ = 0;
    last_failed_.clear();
}

void operation_troubles::failed(const asked& what, const refusal& how) {
    auto scope = scope_of(how.status, how.why);
    bool wants_long_pause = how.why.retry_after.value_or(duration()) > longest_common_wish;
    if (scope == failing_scope::table || wants_long_pause) {
        auto& known = tables_[what.table];
        known.why = how.why;
        known.not_before =
            how.at + kusto::operation_pause(known.times++, how.why.retry_after, how.first_pause);
    }
    if (scope == failing_scope::table) return;
    if (wants_long_pause) {
        // Of another table as well: then it is the service.
        bool is_second = !last_failed_.empty() && last_failed_ != what.path;
        last_failed_ = what.path;
        if (is_second) end_pass(how);
        return;
    }
    auto& known = operations_[what.path];
    known.why = how.why;
    ++known.times;
    known.is_its_own = scope == failing_scope::operation;
    // Two in a row have a common cause.
    bool is_second = !last_failed_.empty() && last_failed_ != what.path;
    last_failed_ = what.path;
    if (scope == failing_scope::service || is_second) end_pass(how);
}

void operation_troubles::end_pass(const refusal& how) {
    service_ = how.why;
    pass_ends_ = true;
    auto times = has_answer_ ? 0 : silent_passes_++;
    auto wish = how.why.retry_after;
    if (wish) wish = std::min(*wish, longest_common_wish);
    not_before_ = how.at + kusto::operation_pause(times, wish, how.first_pause);
}

void operation_troubles::keep_tables(const std::set<std::string>& tables) {
    std::erase_if(tables_, [&](auto& one) { return !tables.contains(one.first); });
}

time_point operation_troubles::not_before(const std::string& table) const {
    auto known = tables_.find(table);
    return known == tables_.end() ? time_point{} : known->second.not_before;
}

std::optional<duration> operation_troubles::pause_of(const std::string& path, duration first)
    const {
    auto known = operations_.find(path);
    if (known == operations_.end()) return std::nullopt;
    return kusto::operation_pause(known->second.times - 1, known->second.why.retry_after, first);
}

std::vector<operation_troubles::trouble> operation_troubles::all() const {
    std::vector<trouble> out;
    if (service_) out.push_back({{}, *service_});
    for (auto& [table, known] : tables_) {
        out.push_back({table, known.why});
        out.back().why.detail = table + ": " + known.why.detail;
    }
    auto is_own = [](auto& one) { return one.second.is_its_own; };
    auto alone = std::ranges::find_if(operations_, is_own);
    if (!service_ && alone != operations_.end()) out.push_back({{}, alone->second.why});
    return out;
}

std::optional<failure> operation_troubles::summary() const {
    auto fails = all();
    if (fails.empty()) return std::nullopt;
    auto out = std::move(fails.front().why);
    auto others = fails.size() - 1;
    if (others > 0) out.detail += " (and " + std::to_string(others) + " more like this)";
    return out;
}

std::optional<failure> operation_troubles::of(const asked& what) const {
    if (service_) return service_;
    auto table = tables_.find(what.table);
    if (table != tables_.end()) return table->second.why;
    auto operation = operations_.find(what.path);
    bool fails = operation != operations_.end() && operation->second.is_its_own;
    return fails ? std::optional(operation->second.why) : std::nullopt;
}

}  // namespace kustodrop::pipeline
