#pragma once

#include "base/time.hpp"
#include "spool/source/source.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace kustodrop::pipeline {

/// The sources whose notification is awaited, by id and by age. There may be a hundred thousand.
class expectations {
public:
    expectations() = default;
    expectations(const expectations&) = delete;

    /// Awaits a source that was posted then. One that is known is as old as this says.
    void add(
        const std::string& source_id,
        time_point posted_at,
        const spool::report_places& reported = {.in_queue = true}
    );
    void remove(const std::string& source_id);

    bool contains(const std::string& source_id) const { return by_id_.contains(source_id); }
    bool empty() const { return by_id_.empty(); }
    std::size_t size() const { return by_id_.size(); }
    std::optional<time_point> oldest() const;
    std::optional<time_point> youngest() const;

    /// Whether the outcome of one of them may come in a queue, in the status table, in an
    /// operation.
    spool::report_places reported() const {
        return {in_queue_ > 0, in_table_ > 0, in_operation_ > 0};
    }

    struct entry {
        const std::string& source_id;
        time_point posted_at;
        spool::report_places reported;
    };

    /// Visits them, the oldest first, until `visit` returns false. `visit` changes nothing here.
    void each(const std::function<bool(const entry&)>& visit) const;

private:
    struct post {
        time_point at;
        spool::report_places reported;
    };
    using posts = std::unordered_map<std::string, post>;
    struct aged {
        const posts::value_type* post = nullptr;  // In by_id_: it stays where it is.

        bool operator<(const aged& other) const {
            return std::pair(post->second.at, std::string_view(post->first)) <
                   std::pair(other.post->second.at, std::string_view(other.post->first));
        }
    };

    void count(const post& one, int by);

    posts by_id_;
    std::set<aged> by_age_;  // The same, the oldest first: so do deadlines come.
    std::ptrdiff_t in_queue_ = 0;
    std::ptrdiff_t in_table_ = 0;
    std::ptrdiff_t in_operation_ = 0;
};

}  // namespace kustodrop::pipeline
