#pragma once

#include "spool/journal/journal_changes.hpp"

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace kustodrop::spool {

/// What is recorded and not yet on disk, in order. Of several records of one thing only the latest
/// is kept, in the place of the first: it is a whole state. Pure.
///
/// A source that was uploaded and never posted can wait: its next record, that it is being posted,
/// comes soon and is awaited, and after a crash without it the upload is made again. Such a record
/// joins a group when no other waits or 16 groups were taken without it, and has a number only
/// then.
class journal_queue {
public:
    void add(journal_change change);

    bool empty() const { return waiting_.empty() && idle_.empty(); }

    /// The first changes, at most `limit`. They stay here until group_is_safe().
    journal_group take_group(std::size_t limit);

    void group_is_safe();

    /// Puts the group back in front, where newer records of the same things win.
    void group_is_not_safe();

    /// The number of the latest record, and the one up to which all are on disk.
    std::uint64_t last_number() const { return last_number_; }
    std::uint64_t safe_number() const;

private:
    struct numbered {
        std::string key;
        std::uint64_t number = 0;  // Of the first record that it stands for.
        std::shared_ptr<const journal_change> change;
    };
    struct idle {
        std::uint64_t since = 0;  // How many groups had been taken.
        std::shared_ptr<const journal_change> change;
    };

    bool can_wait(const std::string& key, const journal_change& change) const;
    void enqueue(numbered one);
    void enqueue_idle(std::uint64_t since);

    std::deque<numbered> waiting_;
    std::unordered_map<std::string, std::uint64_t> place_;  // By key: place in waiting_ + taken_.
    std::uint64_t taken_ = 0;  // How many have left the front of waiting_.
    std::vector<numbered> group_;
    std::uint64_t last_number_ = 0;
    std::unordered_map<std::string, idle> idle_;  // By key: what can wait.
    std::uint64_t groups_ = 0;
};

}  // namespace kustodrop::spool
