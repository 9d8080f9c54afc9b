#pragma once

#include "spool/journal/journal_changes.hpp"

#include <cstdint>
#include <deque>
#include <string>
#include <unordered_map>
#include <vector>

namespace kustodrop::spool {

/// What is recorded and not yet on disk, in order. Of several records of one thing only the latest
/// is kept, in the place of the first: it is a whole state. Pure.
class journal_queue {
public:
    void add(journal_change change);

    bool empty() const { return waiting_.empty(); }

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
    void enqueue(numbered one);

    std::deque<numbered> waiting_;
    std::unordered_map<std::string, std::uint64_t> place_;  // By key: place in waiting_ + taken_.
    std::uint64_t taken_ = 0;  // How many have left the front of waiting_.
    std::vector<numbered> group_;
    std::uint64_t last_number_ = 0;
};

}  // namespace kustodrop::spool
