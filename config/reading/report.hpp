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

    /// An unknown key was probably meant as `key`: that this one is missing is not reported too.
    void note_meant(std::string key) { meant_.push_back(std::move(key)); }

    std::vector<problem> take_sorted() {
        std::erase_if(problems_, [this](auto& one) { return is_only_misspelt(one); });
        std::stable_sort(problems_.begin(), problems_.end(), [](auto& a, auto& b) {
            return std::tie(a.line, a.column) < std::tie(b.line, b.column);
        });
        return std::move(problems_);
    }

private:
    // Of a whole section its keys too.
    bool is_only_misspelt(const problem& one) const {
        if (!one.message.starts_with("is missing")) return false;
        return std::ranges::any_of(meant_, [&](auto& key) {
            return one.key == key || one.key.starts_with(key + ".");
        });
    }

    std::string file_;
    std::vector<problem> problems_;
    std::vector<std::string> meant_;
};

}  // namespace kustodrop::config
