#pragma once

#include "config/yaml/yaml_document.hpp"

#include <algorithm>
#include <string>
#include <tuple>
#include <vector>

namespace kustodrop::config {

/// Collects the problems of one file.
class report {
public:
    explicit report(std::string file) : file_(std::move(file)) {}

    const std::string& file() const { return file_; }

    void error(place at, std::string key, std::string message) {
        problems_.push_back({file_, at.line, at.column, std::move(key), std::move(message), false});
    }

    void warn(place at, std::string key, std::string message) {
        problems_.push_back({file_, at.line, at.column, std::move(key), std::move(message), true});
    }

    std::vector<problem> take_sorted() {
        std::stable_sort(problems_.begin(), problems_.end(), [](auto& a, auto& b) {
            return std::tie(a.line, a.column) < std::tie(b.line, b.column);
        });
        return std::move(problems_);
    }

private:
    std::string file_;
    std::vector<problem> problems_;
};

}  // namespace kustodrop::config
