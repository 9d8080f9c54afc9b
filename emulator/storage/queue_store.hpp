#pragma once

#include "async/clock.hpp"
#include "base/random.hpp"
#include "emulator/storage/storage_database.hpp"

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace kustodrop::emulator {

/// Where a queue is: account and name.
struct queue_place {
    std::string account;
    std::string queue;
    friend auto operator<=>(const queue_place&, const queue_place&) = default;
};

enum class queue_answer { done, no_such_message, receipt_mismatch };

enum class messages_kept : bool { in_memory, durably };

/// The messages of all queues, in the order of their arrival. Kept in memory and, unless
/// `in_memory`, written through to the database before anything is answered.
class queue_store {
public:
    queue_store(
        clock& clock,
        random_generator& random,
        storage_database& database,
        messages_kept how = messages_kept::durably
    );

    /// A message as put() would make it, that is in no queue.
    message_record fresh(const queue_place&, std::string text);

    /// No `time_to_live`: it never expires.
    message_record put(
        const queue_place&,
        std::string text,
        duration hidden_for,
        std::optional<duration> time_to_live
    );
    /// Puts messages before all others, first one first.
    void put_in_front(const queue_place&, std::vector<std::string> texts);

    /// The first visible messages, leased: each with a new receipt and one more dequeue.
    std::vector<message_record> get(const queue_place&, std::size_t count, duration hidden_for);
    /// The same messages without a lease.
    std::vector<message_record> peek(const queue_place&, std::size_t count);

    /// Changes visibility and, where given, text; `message` gets id and receipt in, everything out.
    queue_answer update(
        const queue_place&,
        message_record& message,
        duration hidden_for,
        std::optional<std::string> text
    );
    queue_answer remove(const queue_place&, std::string_view id, std::string_view receipt);
    void clear(const queue_place&);

    /// All messages, the leased ones too.
    std::vector<message_record> all(const queue_place&);
    bool is_visible(const message_record&) const;

private:
    struct queue {
        std::map<std::int64_t, message_record> messages;
        std::set<std::int64_t> visible;
        std::set<std::pair<wall_time, std::int64_t>> hidden;
        std::unordered_map<std::string, std::int64_t> by_id;
    };
    queue& refresh_queue(const queue_place&);
    void insert(queue&, message_record);
    void hide_or_show(queue&, const message_record&);
    void erase(queue&, std::int64_t sequence);
    void keep(const message_record&);
    std::string make_receipt();

    clock& clock_;
    random_generator& random_;
    storage_database& database_;
    bool durable_;
    std::map<queue_place, queue> queues_;
    std::int64_t first_ = 0;
    std::int64_t last_ = 0;
};

}  // namespace kustodrop::emulator
