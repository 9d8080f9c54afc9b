#include "config/reading/section.hpp"

#include "base/text.hpp"
#include "config/reading/interpolate.hpp"
#include "config/reading/suggest.hpp"

#include <algorithm>

namespace kustodrop::config {

static constexpr std::size_t longest_quote = 60;

std::string quoted(std::string_view value) {
    auto safe = printable(value);
    if (safe.size() > longest_quote) {
        auto cut = longest_quote;
        while (cut > 0 && !is_valid_utf8(std::string_view(safe).substr(0, cut))) --cut;
        safe = safe.substr(0, cut) + "…";
    }
    return "\"" + safe + "\"";
}

std::string listed(const std::vector<std::string_view>& names) {
    std::string out;
    for (auto name : names) {
        if (!out.empty()) out += ", ";
        out += name;
    }
    return out;
}

static std::string_view name_of(node_kind kind) {
    switch (kind) {
    case node_kind::null:
        return "no value";
    case node_kind::scalar:
        return "a single value";
    case node_kind::list:
        return "a list";
    case node_kind::map:
        return "a map";
    }
    return "";
}

std::string wrong_kind(const node& value, std::string_view use) {
    if (value.kind == node_kind::null) return "has no value; use " + std::string(use);
    return "is " + std::string(name_of(value.kind)) + "; use " + std::string(use);
}

section::section(reading& reading, const node& map, std::string path)
    : reading_(&reading), map_(&map), at_(map.at), path_(std::move(path)) {}

std::string place_key(const section& of) { return of.context().report.file() + ":" + of.path(); }

std::string section::path(std::string_view key) const {
    return path_.empty() ? printable(key) : path_ + "." + printable(key);
}

const node* section::peek(std::string_view key) const {
    for (auto& entry : map_->entries) {
        if (entry.key == key) return &entry.value;
    }
    return nullptr;
}

bool section::is_given(std::string_view key) const { return peek(key) != nullptr; }

bool section::is_wrong(std::string_view key) const { return wrong_.contains(key); }

place section::at(std::string_view key) const {
    auto* value = peek(key);
    return value ? value->at : at_;
}

void section::error(std::string_view key, std::string message) {
    wrong_.emplace(key);
    reading_->report.error(at(key), path(key), std::move(message));
}

void section::error_in(std::string_view key, place at, std::string path, std::string message) {
    wrong_.emplace(key);
    reading_->report.error(at, std::move(path), std::move(message));
}

static bool is_only_unresolved(const failure& why, const environment& environment) {
    return environment.unresolved_is_warning && why.code == errc::unreadable;
}

void report_unresolved(
    section& from, std::string_view key, const failure& why, const std::string& subject
) {
    if (!is_only_unresolved(why, from.environment())) {
        return from.error(key, subject + why.detail);
    }
    from.mark_wrong(key);
    from.warn(key, subject + why.detail + std::string(not_checked));
}

void section::warn(std::string_view key, std::string message) {
    reading_->report.warn(at(key), path(key), std::move(message));
}

// As YAML, flow style.
static std::string written_as(const node& value) {
    auto quote = [](std::string_view text) { return "\"" + json_escape(text) + "\""; };
    std::string out;
    auto add = [&](const std::string& item) { out += (out.empty() ? "" : ", ") + item; };
    switch (value.kind) {
    case node_kind::null:
        return "";
    case node_kind::scalar:
        return quote(value.text);
    case node_kind::list:
        for (auto& item : value.items) add(written_as(item));
        return "[" + out + "]";
    case node_kind::map:
        for (auto& [key, at, item] : value.entries) add(quote(key) + ": " + written_as(item));
        return "{" + out + "}";
    }
    return out;
}

// `place`: place_key() of the value.
static void note_origin(const reading& into, const std::string& place, const node& value) {
    if (!into.origins) return;
    auto written = written_as(value);
    bool is_from_outside = written.find("${cred:") != std::string::npos ||
                           written.find("${file:") != std::string::npos;
    into.origins->values[place] = {
        into.report.file(), value.at.line, value.at.column, std::move(written), is_from_outside};
}

const node* section::take(std::string_view key) {
    if (std::find(known_.begin(), known_.end(), key) != known_.end()) return peek(key);
    known_.push_back(key);
    const node::entry* first = nullptr;
    for (auto& entry : map_->entries) {
        if (entry.key != key) continue;
        if (first) {
            auto line = std::to_string(first->key_at.line);
            reading_->report.error(
                entry.key_at, path(key), "is given twice, first in line " + line + "; use it once"
            );
        } else {
            first = &entry;
        }
    }
    if (!first) return nullptr;
    note_origin(*reading_, reading_->report.file() + ":" + path(key), first->value);
    return &first->value;
}

void section::require(std::string_view key, std::string_view what) {
    if (broken_ || is_given(key) || is_wrong(key)) return;
    error(key, "is missing; give " + std::string(what));
}

std::optional<scalar> section::resolve(const node& value, const std::string& path) {
    auto found = interpolate(value.text, reading_->environment);
    if (!found) {
        auto why = found.error();
        if (is_only_unresolved(why, reading_->environment)) {
            reading_->report.warn(value.at, path, why.detail + std::string(not_checked));
        } else {
            reading_->report.error(value.at, path, why.detail);
        }
        return std::nullopt;
    }
    auto shown = quoted(value.text);
    if (found->refers) shown = "the value of " + shown;
    return scalar{found->text, shown, value.at};
}

std::optional<scalar> section::take_raw_scalar(std::string_view key) {
    auto* value = take(key);
    if (!value) return std::nullopt;
    if (value->kind != node_kind::scalar) {
        error(key, wrong_kind(*value, "a single value"));
        return std::nullopt;
    }
    return scalar{value->text, "", value->at};
}

std::optional<scalar> section::take_scalar(std::string_view key) {
    auto raw = take_raw_scalar(key);
    if (!raw) return std::nullopt;
    auto found = resolve(*peek(key), path(key));
    if (!found) wrong_.emplace(key);
    return found;
}

section section::map(std::string_view key) {
    static const node nothing{};
    auto* value = take(key);
    if (value && (value->kind == node_kind::map || value->kind == node_kind::null)) {
        return section(*reading_, *value, path(key));
    }
    section empty(*reading_, nothing, path(key));
    empty.at_ = at(key);  // What is missing in it is missing there.
    if (value) {
        error(key, wrong_kind(*value, "a map of keys"));
        empty.broken_ = true;
    }
    return empty;
}

std::vector<section> section::maps(std::string_view key) {
    std::vector<section> out;
    auto* value = take(key);
    if (!value) return out;
    if (value->kind != node_kind::list) {
        error(key, wrong_kind(*value, "a list of maps"));
        return out;
    }
    for (std::size_t i = 0; i < value->items.size(); ++i) {
        auto& item = value->items[i];
        auto item_path = path(key) + "[" + std::to_string(i) + "]";
        if (item.kind == node_kind::map) {
            out.emplace_back(*reading_, item, item_path);
        } else {
            wrong_.emplace(key);
            reading_->report.error(item.at, item_path, wrong_kind(item, "a map of keys"));
        }
    }
    return out;
}

std::vector<std::string_view> section::free_keys() const {
    std::vector<std::string_view> out;
    for (auto& entry : map_->entries) {
        bool taken = std::find(known_.begin(), known_.end(), entry.key) != known_.end();
        if (!taken) out.push_back(entry.key);
    }
    return out;
}

void section::report_unknown(const node::entry& entry) {
    auto shown = path(entry.key);
    if (entry.key == "<<") {
        reading_->report.error(
            entry.key_at, shown, "merge keys are not supported; write the keys out"
        );
        return;
    }
    auto near = suggestion(entry.key, known_);
    auto homes = reading_->homes_of && near.empty() ? reading_->homes_of(entry.key) : "";
    if (!homes.empty()) {
        reading_->report.error(
            entry.key_at, shown, "is an unknown key here; it is one of " + homes
        );
        return;
    }
    // One mistake is one problem: the list would hide the answer, and the key is not missing.
    auto use = near.empty() ? "one of " + listed(known_) : std::string();
    reading_->report.error(entry.key_at, shown, "is an unknown key" + advice(near, use));
    if (!near.empty()) reading_->report.note_meant(path(near));
}

void section::finish() {
    for (auto& entry : map_->entries) {
        bool known = std::find(known_.begin(), known_.end(), entry.key) != known_.end();
        if (!known && !wrong_.contains(entry.key)) {
            report_unknown(entry);
        }
    }
}

}  // namespace kustodrop::config
