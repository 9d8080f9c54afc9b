#include "base/metrics.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <stdexcept>

namespace kustodrop {

void histogram::observe(double value) {
    auto at = std::lower_bound(bounds_.begin(), bounds_.end(), value) - bounds_.begin();
    ++counts_[static_cast<std::size_t>(at)];
    sum_ += value;
    ++count_;
}

metrics::family& metrics::family_of(std::string_view name, metric_kind type) {
    auto found = families_.find(name);
    if (found == families_.end()) {
        found = families_.emplace(std::string(name), family{type, {}, {}, {}}).first;
    }
    if (found->second.type != type) {
        throw std::logic_error("metric with two types: " + std::string(name));
    }
    return found->second;
}

// Whether the last label's values come from elsewhere.
static bool is_open_ended(const metric_labels& labels) {
    return !labels.empty() && (labels.back().first == "code" || labels.back().first == "reason");
}

metric_labels metrics::with_label(const metric_labels& labels) const {
    auto is_watch = [](auto& one) { return one.first == "watch"; };
    auto out = labels;
    if (std::ranges::none_of(labels, is_watch)) out.insert(out.begin(), label_);
    return out;
}

counter& metrics::count(std::string_view name, const metric_labels& labels) {
    if (whole_) return whole_->count(name, with_label(labels));
    auto& counters = family_of(name, metric_kind::counter).counters;
    auto found = counters.find(labels);
    if (found != counters.end()) return found->second;
    if (counters.size() < most_series || !is_open_ended(labels)) return counters[labels];
    auto others = labels;
    others.back().second = "other";
    return counters[others];
}

gauge& metrics::value(std::string_view name, const metric_labels& labels) {
    if (whole_) return whole_->value(name, with_label(labels));
    return family_of(name, metric_kind::gauge).gauges[labels];
}

histogram& metrics::distribution(std::string_view name, const metric_labels& labels) {
    if (whole_) return whole_->distribution(name, with_label(labels));
    // From a millisecond to a day, where nothing better is known.
    static const std::vector<double> usual{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,  0.1,
                                           0.25,  0.5,    1,     2.5,  5,     10,    30,
                                           60,    300,    600,   1800, 3600,  14400, 86400};
    auto& histograms = family_of(name, metric_kind::histogram).histograms;
    auto own = bounds_.find(name);
    auto& bounds = own == bounds_.end() ? usual : own->second;
    return histograms.try_emplace(labels, bounds).first->second;
}

void metrics::describe(std::string_view name, std::string_view help) {
    if (whole_) return whole_->describe(name, help);
    help_[std::string(name)] = help;
}

void metrics::declare(metric_kind type, std::string_view name, std::string_view help) {
    if (whole_) return whole_->declare(type, name, help);
    family_of(name, type);
    describe(name, help);
}

void metrics::set_bounds(std::string_view name, std::vector<double> bounds) {
    if (whole_) return whole_->set_bounds(name, std::move(bounds));
    bounds_[std::string(name)] = std::move(bounds);
}

double metrics::total(std::string_view name, std::string_view label, std::string_view value) const {
    if (whole_) return whole_->total(name, label, value);
    auto found = families_.find(name);
    if (found == families_.end()) return 0;
    double sum = 0;
    for (auto& [labels, counter] : found->second.counters) {
        auto has = [&](auto& one) { return one.first == label && one.second == value; };
        if (label.empty() || std::any_of(labels.begin(), labels.end(), has)) sum += counter.value();
    }
    return sum;
}

void metrics::show_gauges_only(std::string_view label, std::set<std::string> values) {
    if (whole_) return whole_->show_gauges_only(label, std::move(values));
    shown_[std::string(label)] = std::move(values);
}

bool metrics::is_shown(const metric_labels& labels) const {
    return std::all_of(labels.begin(), labels.end(), [&](auto& one) {
        auto only = shown_.find(one.first);
        return only == shown_.end() || only->second.contains(one.second);
    });
}

void metrics::before_exposition(std::function<void()> update) {
    if (whole_) return whole_->before_exposition(std::move(update));
    updates_.push_back(std::move(update));
}

static std::string number(double value) {
    if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
    std::array<char, 32> out{};
    bool whole = std::floor(value) == value && std::fabs(value) < 9e15;
    std::snprintf(out.data(), out.size(), whole ? "%.0f" : "%.15g", value);
    return out.data();
}

// Prometheus knows three escapes only; everything else that is not plain text is made plain first.
static std::string label_value(std::string_view value) {
    std::string out;
    for (char c : printable(value)) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out;
}

static std::string series(std::string_view name, metric_labels labels, std::string_view bound) {
    if (!bound.empty()) labels.emplace_back("le", bound);
    std::string out(name);
    for (std::size_t i = 0; i < labels.size(); ++i) {
        out += i == 0 ? "{" : ",";
        out += labels[i].first + "=\"" + label_value(labels[i].second) + "\"";
    }
    if (!labels.empty()) out += "}";
    return out;
}

static std::string lines(std::string_view name, const metric_labels& labels, const histogram& h) {
    std::string out;
    std::uint64_t below = 0;
    auto bucket = std::string(name) + "_bucket";
    for (std::size_t i = 0; i < h.counts().size(); ++i) {
        below += h.counts()[i];
        auto bound = i < h.bounds().size() ? number(h.bounds()[i]) : std::string("+Inf");
        out += series(bucket, labels, bound) + " " + std::to_string(below) + "\n";
    }
    out += series(std::string(name) + "_sum", labels, "") + " " + number(h.sum()) + "\n";
    out += series(std::string(name) + "_count", labels, "") + " " + std::to_string(h.count());
    return out + "\n";
}

std::string metrics::exposition() {
    if (whole_) return whole_->exposition();
    for (auto& update : updates_) update();
    std::string out;
    static constexpr std::array types{"counter", "gauge", "histogram"};
    for (auto& [name, family] : families_) {
        auto help = help_.find(name);
        if (help != help_.end()) out += "# HELP " + name + " " + help->second + "\n";
        out += "# TYPE " + name + " " + types[static_cast<std::size_t>(family.type)] + "\n";
        for (auto& [labels, counter] : family.counters) {
            out += series(name, labels, "") + " " + number(counter.value()) + "\n";
        }
        for (auto& [labels, gauge] : family.gauges) {
            if (!is_shown(labels)) continue;
            out += series(name, labels, "") + " " + number(gauge.value()) + "\n";
        }
        for (auto& [labels, histogram] : family.histograms) out += lines(name, labels, histogram);
    }
    return out;
}

}  // namespace kustodrop
