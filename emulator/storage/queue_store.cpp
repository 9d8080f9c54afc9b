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
        auto& line = lines_[{message.account, message.queue}];
        insert(line, std::move(message));
    }
}

// Expiry and the end of leases take effect here, whenever somebody looks.
queue_store::line& queue_store::bring_up_to_date(const queue_place& place) {
    auto& line = lines_[place];
    auto now = clock_.wall_now();
    while (!line.hidden.empty() && line.hidden.begin()->first <= now) {
        line.visible.insert(line.hidden.begin()->second);
        line.hidden.erase(line.hidden.begin());
    }
    // Messages of one queue expire nearly in their order; those that do not wait for their turn.
    while (!line.messages.empty() && line.messages.begin()->second.expires <= now) {
        erase(line, line.messages.begin()->first);
    }
    return line;
}

void queue_store::insert(line& line, message_record message) {
    line.by_id[message.id] = message.sequence;
    hide_or_show(line, message);
    auto sequence = message.sequence;
    line.messages[sequence] = std::move(message);
}

void queue_store::hide_or_show(line& line, const message_record& message) {
    if (message.visible <= clock_.wall_now()) {
        line.visible.insert(message.sequence);
    } else {
        line.hidden.emplace(message.visible, message.sequence);
    }
}

void queue_store::erase(line& line, std::int64_t sequence) {
    auto found = line.messages.find(sequence);
    line.visible.erase(sequence);
    line.hidden.erase({found->second.visible, sequence});
    line.by_id.erase(found->second.id);
    line.messages.erase(found);
    if (durable_) database_.remove_message(sequence);
}

void queue_store::keep(const message_record& message) {
    if (durable_) database_.put_message(message);
}

// As the service's: base64, so that it may hold + and / and ends with =.
std::string queue_store::make_receipt() {
    std::uint64_t words[2] = {random_(), random_()};
    return base64_encode({reinterpret_cast<const char*>(words), sizeof words});
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
    auto& line = bring_up_to_date(place);
    auto message = fresh(place, std::move(text));
    message.sequence = ++last_;
    message.visible += in_wall_units(hidden_for);
    message.expires = time_to_live ? message.inserted + in_wall_units(*time_to_live) : never;
    keep(message);
    insert(line, message);
    return message;
}

void queue_store::put_in_front(const queue_place& place, std::vector<std::string> texts) {
    auto& line = bring_up_to_date(place);
    first_ -= static_cast<std::int64_t>(texts.size());
    auto sequence = first_;
    for (auto& text : texts) {
        auto message = fresh(place, std::move(text));
        message.sequence = sequence++;
        keep(message);
        insert(line, std::move(message));
    }
}

std::vector<message_record> queue_store::get(
    const queue_place& place, std::size_t count, duration hidden_for
) {
    auto& line = bring_up_to_date(place);
    auto now = clock_.wall_now();
    std::vector<message_record> out;
    while (out.size() < count && !line.visible.empty()) {
        auto sequence = *line.visible.begin();
        auto& message = line.messages.at(sequence);
        if (message.expires <= now) {
            erase(line, sequence);
            continue;
        }
        line.visible.erase(sequence);
        message.visible = now + in_wall_units(hidden_for);
        message.receipt = make_receipt();
        ++message.dequeues;
        line.hidden.emplace(message.visible, sequence);
        keep(message);
        out.push_back(message);
    }
    return out;
}

std::vector<message_record> queue_store::peek(const queue_place& place, std::size_t count) {
    auto& line = bring_up_to_date(place);
    auto now = clock_.wall_now();
    std::vector<message_record> out;
    for (auto sequence : line.visible) {
        if (out.size() == count) break;
        auto& message = line.messages.at(sequence);
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
    auto& line = bring_up_to_date(place);
    auto found = line.by_id.find(wanted.id);
    if (found == line.by_id.end()) return queue_answer::no_such_message;
    auto& message = line.messages.at(found->second);
    if (message.expires <= clock_.wall_now()) return queue_answer::no_such_message;
    if (message.receipt != wanted.receipt) return queue_answer::receipt_mismatch;
    line.visible.erase(message.sequence);
    line.hidden.erase({message.visible, message.sequence});
    message.visible = clock_.wall_now() + in_wall_units(hidden_for);
    message.receipt = make_receipt();
    if (text) message.text = std::move(*text);
    hide_or_show(line, message);
    keep(message);
    wanted = message;
    return queue_answer::done;
}

queue_answer queue_store::remove(
    const queue_place& place, std::string_view id, std::string_view receipt
) {
    auto& line = bring_up_to_date(place);
    auto found = line.by_id.find(std::string(id));
    if (found == line.by_id.end()) return queue_answer::no_such_message;
    auto& message = line.messages.at(found->second);
    if (message.expires <= clock_.wall_now()) return queue_answer::no_such_message;
    if (message.receipt != receipt) return queue_answer::receipt_mismatch;
    erase(line, found->second);
    return queue_answer::done;
}

void queue_store::clear(const queue_place& place) {
    auto& line = bring_up_to_date(place);
    while (!line.messages.empty()) erase(line, line.messages.begin()->first);
}

std::vector<message_record> queue_store::all(const queue_place& place) {
    auto& line = bring_up_to_date(place);
    auto now = clock_.wall_now();
    std::vector<message_record> out;
    for (auto& [sequence, message] : line.messages) {
        if (message.expires > now) out.push_back(message);
    }
    return out;
}

bool queue_store::is_visible(const message_record& message) const {
    return message.visible <= clock_.wall_now();
}

}  // namespace kustodrop::emulator
