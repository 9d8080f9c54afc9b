#pragma once

#include "base/time.hpp"
#include "spool/source/source.hpp"
#include "spool/source/source_key.hpp"

#include <compare>
#include <cstddef>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace kustodrop::pipeline {

/// The sources whose notification is awaited, by id and by age. There may be a million.
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

    bool contains(const std::string& source_id) const;
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
    struct aged {
        time_point at;
        spool::source_key key;

        friend auto operator<=>(const aged&, const aged&) = default;
    };

    std::optional<spool::source_key> find_key(const std::string& source_id) const;
    spool::source_key key_for(const std::string& source_id);
    std::string text_of(const spool::source_key& key) const;
    void count(const post& one, int by);
    bool is_current(const aged& one) const;
    void put_in_order() const;

    std::unordered_map<spool::source_key, post, spool::source_key_hash> by_id_;
    // The same, the oldest first. Some of these posts were removed.
    mutable std::deque<aged> by_age_;
    mutable bool is_in_order_ = true;
    std::vector<std::string> others_;  // Ids that are not GUIDs, by the low half of their keys.
    std::ptrdiff_t in_queue_ = 0;
    std::ptrdiff_t in_table_ = 0;
    std::ptrdiff_t in_operation_ = 0;
};

}  // namespace kustodrop::pipeline
