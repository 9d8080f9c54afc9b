#include "emulator/storage/queue_store.hpp"

#include "base/crypto/crypto.hpp"

#include <algorithm>

namespace kustodrop::emulator {

static constexpr wall_time never = wall_time(std::chrono::hours(24 * 365 * 2000));

static std::chrono::microseconds in_wall_units(duration time) {
    return std::chrono::duration_cast<std::chrono::microseconds>(time);
}

queue_store::queue_store(
    clock& clock, random_generator& random, storage_database& database, messages_kept how
)
    : clock_(clock), random_(random), database_(database), durable_(how == messages_kept::durably) {
    for (auto& message : database_.messages()) {
        first_ = std::min(first_, message.sequence);
        last_ = std::max(last_, message.sequence);
        auto& queue = queues_[{message.account, message.queue}];
        insert(queue, std::move(message));
    }
}

// Expiry and the end of leases take effect here, at every access.
queue_store::queue& queue_store::refresh_queue(const queue_place& place) {
    auto& queue = queues_[place];
    auto now = clock_.wall_now();
    while (!queue.hidden.empty() && queue.hidden.begin()->first <= now) {
        queue.visible.insert(queue.hidden.begin()->second);
        queue.hidden.erase(queue.hidden.begin());
    }
    // Messages of one queue expire nearly in their order; those that do not wait for their turn.
    while (!queue.messages.empty() && queue.messages.begin()->second.expires <= now) {
        erase(queue, queue.messages.begin()->first);
    }
    return queue;
}

void queue_store::insert(queue& queue, message_record message) {
    queue.by_id[message.id] = message.sequence;
    hide_or_show(queue, message);
    auto sequence = message.sequence;
    queue.messages[sequence] = std::move(message);
}

void queue_store::hide_or_show(queue& queue, const message_record& message) {
    if (message.visible <= clock_.wall_now()) {
        queue.visible.insert(message.sequence);
    } else {
        queue.hidden.emplace(message.visible, message.sequence);
    }
}

void queue_store::erase(queue& queue, std::int64_t sequence) {
    auto found = queue.messages.find(sequence);
    queue.visible.erase(sequence);
    queue.hidden.erase({found->second.visible, sequence});
    queue.by_id.erase(found->second.id);
    queue.messages.erase(found);
    if (durable_) database_.remove_message(sequence);
}

void queue_store::keep(const message_record& message) {
    if (durable_) database_.put_message(message);
}

// As the service's: base64, so that it may hold + and / and ends with =.
std::string queue_store::make_receipt() {
    std::uint64_t bytes[2] = {random_(), random_()};
    return base64_encode({reinterpret_cast<const char*>(bytes), sizeof bytes});
}

message_record queue_store::fresh(const queue_place& place, std::string text) {
    message_record out;
    out.account = place.account;
    out.queue = place.queue;
    out.id = make_guid(random_);
    out.text = std::move(text);
    out.inserted = clock_.wall_now();
    out.visible = out.inserted;
    out.expires = out.inserted + std::chrono::hours(24 * 7);
    out.receipt = make_receipt();
    return out;
}

message_record queue_store::put(
    const queue_place& place,
    std::string text,
    duration hidden_for,
    std::optional<duration> time_to_live
) {
    auto& queue = refresh_queue(place);
    auto message = fresh(place, std::move(text));
    message.sequence = ++last_;
    message.visible += in_wall_units(hidden_for);
    message.expires = time_to_live ? message.inserted + in_wall_units(*time_to_live) : never;
    keep(message);
    insert(queue, message);
    return message;
}

void queue_store::put_in_front(const queue_place& place, std::vector<std::string> texts) {
    auto& queue = refresh_queue(place);
    first_ -= static_cast<std::int64_t>(texts.size());
    auto sequence = first_;
    for (auto& text : texts) {
        auto message = fresh(place, std::move(text));
        message.sequence = sequence++;
        keep(message);
        insert(queue, std::move(message));
    }
}

std::vector<message_record> queue_store::get(
    const queue_place& place, std::size_t count, duration hidden_for
) {
    auto& queue = refresh_queue(place);
    auto now = clock_.wall_now();
    std::vector<message_record> out;
    while (out.size() < count && !queue.visible.empty()) {
        auto sequence = *queue.visible.begin();
        auto& message = queue.messages.at(sequence);
        if (message.expires <= now) {
            erase(queue, sequence);
            continue;
        }
        queue.visible.erase(sequence);
        message.visible = now + in_wall_units(hidden_for);
        message.receipt = make_receipt();
        ++message.dequeues;
        queue.hidden.emplace(message.visible, sequence);
        keep(message);
        out.push_back(message);
    }
    return out;
}

std::vector<message_record> queue_store::peek(const queue_place& place, std::size_t count) {
    auto& queue = refresh_queue(place);
    auto now = clock_.wall_now();
    std::vector<message_record> out;
    for (auto sequence : queue.visible) {
        if (out.size() == count) break;
        auto& message = queue.messages.at(sequence);
        if (message.expires > now) out.push_back(message);
    }
    return out;
}

queue_answer queue_store::update(
    const queue_place& place,
    message_record& wanted,
    duration hidden_for,
    std::optional<std::string> text
) {
    auto& queue = refresh_queue(place);
    auto found = queue.by_id.find(wanted.id);
    if (found == queue.by_id.end()) return queue_answer::no_such_message;
    auto& message = queue.messages.at(found->second);
    if (message.expires <= clock_.wall_now()) return queue_answer::no_such_message;
    if (message.receipt != wanted.receipt) return queue_answer::receipt_mismatch;
    queue.visible.erase(message.sequence);
    queue.hidden.erase({message.visible, message.sequence});
    message.visible = clock_.wall_now() + in_wall_units(hidden_for);
    message.receipt = make_receipt();
    if (text) message.text = std::move(*text);
    hide_or_show(queue, message);
    keep(message);
    wanted = message;
    return queue_answer::done;
}

queue_answer queue_store::remove(
    const queue_place& place, std::string_view id, std::string_view receipt
) {
    auto& queue = refresh_queue(place);
    auto found = queue.by_id.find(std::string(id));
    if (found == queue.by_id.end()) return queue_answer::no_such_message;
    auto& message = queue.messages.at(found->second);
    if (message.expires <= clock_.wall_now()) return queue_answer::no_such_message;
    if (message.receipt != receipt) return queue_answer::receipt_mismatch;
    erase(queue, found->second);
    return queue_answer::done;
}

void queue_store::clear(const queue_place& place) {
    auto& queue = refresh_queue(place);
    while (!queue.messages.empty()) erase(queue, queue.messages.begin()->first);
}

std::vector<message_record> queue_store::all(const queue_place& place) {
    auto& queue = refresh_queue(place);
    auto now = clock_.wall_now();
    std::vector<message_record> out;
    for (auto& [sequence, message] : queue.messages) {
        if (message.expires > now) out.push_back(message);
    }
    return out;
}

bool queue_store::is_visible(const message_record& message) const {
    return message.visible <= clock_.wall_now();
}

}  // namespace kustodrop::emulator
