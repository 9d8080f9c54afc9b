#pragma once

#include "base/time.hpp"

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
    void add(const std::string& source_id, time_point posted_at);
    void remove(const std::string& source_id);

    bool contains(const std::string& source_id) const { return by_id_.contains(source_id); }
    bool empty() const { return by_id_.empty(); }
    std::size_t size() const { return by_id_.size(); }
    std::optional<time_point> oldest() const;
    std::optional<time_point> youngest() const;

    struct entry {
        const std::string& source_id;
        time_point posted_at;
    };

    /// Visits them, the oldest first, until `visit` returns false. `visit` changes nothing here.
    void each(const std::function<bool(const entry&)>& visit) const;

private:
    using posts = std::unordered_map<std::string, time_point>;
    struct aged {
        const posts::value_type* post = nullptr;  // In by_id_: it stays where it is.

        bool operator<(const aged& other) const {
            return std::pair(post->second, std::string_view(post->first)) <
                   std::pair(other.post->second, std::string_view(other.post->first));
        }
    };

    posts by_id_;
    std::set<aged> by_age_;  // The same, the oldest first: so do deadlines come.
};

}  // namespace kustodrop::pipeline
