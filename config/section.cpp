#include "config/section.hpp"

#include "base/text.hpp"
#include "config/interpolate.hpp"
#include "config/suggest.hpp"

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

std::string listed(const std::vector<std::string_view>& words) {
    std::string out;
    for (auto word : words) {
        if (!out.empty()) out += ", ";
        out += word;
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

std::string wrong_kind(const node& value, std::string_view allowed) {
    if (value.kind == node_kind::null) return "has no value; allowed: " + std::string(allowed);
    return "is " + std::string(name_of(value.kind)) + "; allowed: " + std::string(allowed);
}

section::section(reading& reading, const node& map, std::string path)
    : reading_(&reading), map_(&map), at_(map.at), path_(std::move(path)) {}

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

void section::warn(std::string_view key, std::string message) {
    reading_->report.warn(at(key), path(key), std::move(message));
}

const node* section::find(std::string_view key) {
    if (std::find(known_.begin(), known_.end(), key) != known_.end()) return peek(key);
    known_.push_back(key);
    const node::entry* first = nullptr;
    for (auto& entry : map_->entries) {
        if (entry.key != key) continue;
        if (first) {
            auto line = std::to_string(first->key_at.line);
            reading_->report.error(
                entry.key_at, path(key), "is given twice, first in line " + line + "; allowed: once"
            );
        } else {
            first = &entry;
        }
    }
    return first ? &first->value : nullptr;
}

void section::require(std::string_view key, std::string_view what) {
    if (broken_ || is_given(key) || is_wrong(key)) return;
    error(key, "is missing; give " + std::string(what));
}

void section::refuse_unsupported(
    std::string_view key, std::string_view shown, std::string_view default_value
) {
    if (is_wrong(key)) return;
    auto subject = shown.empty() ? std::string() : std::string(shown) + " ";
    error(
        key, subject + "is not supported in this version; leave it at " + std::string(default_value)
    );
}

std::optional<scalar> section::interpolated(const node& value, const std::string& path) {
    auto found = interpolate(value.text, reading_->environment);
    if (!found) {
        reading_->report.error(value.at, path, found.error().detail);
        return std::nullopt;
    }
    auto shown = quoted(value.text);
    if (found->refers) shown = "the value of " + shown;
    return scalar{found->text, shown, value.at};
}

std::optional<scalar> section::take_raw_scalar(std::string_view key) {
    auto* value = find(key);
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
    auto found = interpolated(*peek(key), path(key));
    if (!found) wrong_.emplace(key);
    return found;
}

section section::map(std::string_view key) {
    static const node nothing{};
    auto* value = find(key);
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
    auto* value = find(key);
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

void section::each_text(const std::function<void(std::string_view key, const scalar&)>& take) {
    for (auto& entry : map_->entries) {
        if (std::find(known_.begin(), known_.end(), entry.key) != known_.end()) continue;
        auto* value = find(entry.key);
        auto line = line_of(*value, path(entry.key), {});
        if (line) take(entry.key, {*line, quoted(value->text), value->at});
    }
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
    auto hint = near.empty() ? std::string() : ", did you mean " + std::string(near) + "?";
    reading_->report.error(
        entry.key_at, shown, "is an unknown key" + hint + "; allowed: " + listed(known_)
    );
}

void section::finish() {
    for (auto& entry : map_->entries) {
        if (std::find(known_.begin(), known_.end(), entry.key) == known_.end()) {
            report_unknown(entry);
        }
    }
}

}  // namespace kustodrop::config
