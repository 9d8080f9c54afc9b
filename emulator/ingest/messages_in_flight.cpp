#include "emulator/ingest/messages_in_flight.hpp"

namespace kustodrop::emulator {

bool messages_in_flight::add(const queue_ticket& ticket) {
    return tickets_.insert_or_assign(ticket.message_id, ticket).second;
}

queue_ticket messages_in_flight::newest_ticket(const std::string& message_id) const {
    return tickets_.at(message_id);
}

void messages_in_flight::remove(const std::string& message_id) { tickets_.erase(message_id); }

void messages_in_flight::add_tags(const std::vector<std::string>& keys) {
    tags_.insert(keys.begin(), keys.end());
}

void messages_in_flight::remove_tags(const std::vector<std::string>& keys) {
    for (auto& key : keys) {
        auto at = tags_.find(key);
        if (at != tags_.end()) tags_.erase(at);
    }
}

}  // namespace kustodrop::emulator
