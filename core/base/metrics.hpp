#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kustodrop {

using metric_labels = std::vector<std::pair<std::string, std::string>>;

/// Only ever grows.
class counter {
public:
    void add(double amount = 1) { value_ += amount; }
    double value() const { return value_; }

private:
    double value_ = 0;
};

class gauge {
public:
    void set(double value) { value_ = value; }
    void add(double amount) { value_ += amount; }
    double value() const { return value_; }

private:
    double value_ = 0;
};

/// Counts observations in buckets with inclusive upper bounds.
class histogram {
public:
    explicit histogram(std::vector<double> bounds)
        : bounds_(std::move(bounds)), counts_(bounds_.size() + 1) {}

    void observe(double value);
    const std::vector<double>& bounds() const { return bounds_; }
    const std::vector<std::uint64_t>& counts() const { return counts_; }
    double sum() const { return sum_; }
    std::uint64_t count() const { return count_; }

private:
    std::vector<double> bounds_;
    std::vector<std::uint64_t> counts_;
    double sum_ = 0;
    std::uint64_t count_ = 0;
};

enum class metric_kind { counter, gauge, histogram };

/// The daemon's measurements in Prometheus' words (docs/metrics.md). A series exists from its first
/// mention; references stay valid as long as the registry. One thread.
///
/// What others say (the last label, where it is `code` or `reason`) cannot grow a counter without
/// end: the values that come after a thousand series are counted together as "other".
class metrics {
public:
    static constexpr std::size_t most_series = 1000;

    metrics() = default;

    /// A part of `whole`, which outlives it: its series have `label` too, but for those of a watch.
    metrics(metrics& whole, std::pair<std::string, std::string> label)
        : whole_(&whole), label_(std::move(label)) {}

    counter& count(std::string_view name, const metric_labels& labels = {});
    gauge& value(std::string_view name, const metric_labels& labels = {});
    histogram& distribution(std::string_view name, const metric_labels& labels = {});

    /// Says what a metric means; without it, HELP is empty.
    void describe(std::string_view name, std::string_view help);

    /// The same, and that it is there even while it has no series.
    void declare(metric_kind type, std::string_view name, std::string_view help);

    /// The upper bounds of a histogram's buckets, before its first mention.
    void set_bounds(std::string_view name, std::vector<double> bounds);

    /// The sum of a counter's series that have this label; of all when the label has no name.
    double total(std::string_view name, std::string_view label, std::string_view value) const;

    /// From now on gauges that have this label are shown for these values of it only: what is not
    /// there any more has no state. Counters and histograms stay.
    void show_gauges_only(std::string_view label, std::set<std::string> values);

    /// Called before each exposition, to bring gauges up to date.
    void before_exposition(std::function<void()> update);

    /// All series as Prometheus text format 0.0.4.
    std::string exposition();

private:
    struct family {
        metric_kind type = metric_kind::counter;
        std::map<metric_labels, counter> counters;
        std::map<metric_labels, gauge> gauges;
        std::map<metric_labels, histogram> histograms;
    };
    family& family_of(std::string_view name, metric_kind type);
    metric_labels with_label(const metric_labels& labels) const;
    bool is_shown(const metric_labels& labels) const;

    metrics* whole_ = nullptr;  // Of which this is a part; null: it is one itself.
    std::pair<std::string, std::string> label_;
    std::map<std::string, family, std::less<>> families_;
    std::map<std::string, std::string, std::less<>> help_;
    std::map<std::string, std::vector<double>, std::less<>> bounds_;
    std::vector<std::function<void()>> updates_;
    std::map<std::string, std::set<std::string>, std::less<>> shown_;  // Values by label.
};

}  // namespace kustodrop
