#pragma once

#include <cstdint>
#include <functional>
#include <map>
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

/// The daemon's measurements in Prometheus' words (product.md §7). A series exists from its first
/// mention; references stay valid as long as the registry. One thread.
class metrics {
public:
    counter& count(std::string_view name, const metric_labels& labels = {});
    gauge& value(std::string_view name, const metric_labels& labels = {});
    histogram& distribution(std::string_view name, const metric_labels& labels = {});

    /// Says what a metric means; without it, HELP is empty.
    void describe(std::string_view name, std::string_view help);

    /// Called before each exposition, to bring gauges up to date.
    void before_exposition(std::function<void()> update);

    /// All series as Prometheus text format 0.0.4.
    std::string exposition();

private:
    enum class kind { counter, gauge, histogram };
    struct family {
        kind type = kind::counter;
        std::map<metric_labels, counter> counters;
        std::map<metric_labels, gauge> gauges;
        std::map<metric_labels, histogram> histograms;
    };
    family& family_of(std::string_view name, kind type);

    std::map<std::string, family, std::less<>> families_;
    std::map<std::string, std::string, std::less<>> help_;
    std::vector<std::function<void()>> updates_;
};

}  // namespace kustodrop
