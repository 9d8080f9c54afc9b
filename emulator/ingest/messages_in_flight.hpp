#pragma once

#include "emulator/ingest/batching.hpp"

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace kustodrop::emulator {

/// The messages between their taking and their deletion, and the tags that are being ingested.
class messages_in_flight {
public:
    /// Remembers the newest receipt of the message; false if it was in flight already.
    bool add(const queue_ticket& ticket);
    queue_ticket newest_ticket(const std::string& message_id) const;
    void remove(const std::string& message_id);
    std::size_t size() const { return tickets_.size(); }

    void add_tags(const std::vector<std::string>& keys);
    void remove_tags(const std::vector<std::string>& keys);
    bool has_tag(const std::string& key) const { return tags_.contains(key); }

private:
    std::map<std::string, queue_ticket> tickets_;  // By the message's id.
    std::multiset<std::string> tags_;
};

}  // namespace kustodrop::emulator
