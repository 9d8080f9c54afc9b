#pragma once

#include "async/clock.hpp"
#include "emulator/ingest/access/queue_ticket.hpp"
#include "emulator/ingest/access/storage_access.hpp"
#include "emulator/ingest/messages/ingestion_message.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace kustodrop::emulator {

struct queued_message {
    queue_ticket ticket;
    std::string text;  // As it came, in base64.
};

/// A range of a blob.
struct blob_part {
    std::string bytes;
    std::uint64_t total = 0;  // The size of the whole blob.
    std::string etag;
};

/// The few storage operations the ingestor needs, by HTTP (docs/protocol.md §5, §6, §8.3). A
/// failure to retry is transient; any other is permanent.
class storage_client {
public:
    storage_client(storage_access access, clock& clock);

    std::size_t ready_queues() const { return access_.ready_queues.size(); }

    /// Whether messages are reported as they are received.
    bool reports_received() const { return static_cast<bool>(access_.received); }
    void report_received(const queued_message& message) const;

    /// Up to 32 messages, hidden from others for `hidden`.
    asio::awaitable<result<std::vector<queued_message>>> take_messages(
        std::size_t queue, std::chrono::seconds hidden
    );
    asio::awaitable<result<>> delete_message(queue_ticket ticket);

    /// Puts a notification into the next of the failed or the successful queues.
    asio::awaitable<result<>> put_notification(bool failed, std::string text);
    asio::awaitable<result<>> merge_status(status_entity entity, std::string text);

    /// `size` bytes from `offset` of a blob that must not have changed since it had `etag`. Its
    /// failures carry the codes of docs/protocol.md §9. An empty blob is an empty part.
    asio::awaitable<result<blob_part>> read_blob(
        http::url blob, std::uint64_t offset, std::uint64_t size, std::string etag
    );
    asio::awaitable<result<>> delete_blob(http::url blob);

private:
    asio::awaitable<result<http::response>> send(http::request request);
    asio::awaitable<result<>> act(http::request request);
    bool is_ours(const http::url& target) const;
    http::url deletable(http::url blob) const;
    void renew_soon_after_refusal();

    storage_access access_;
    clock& clock_;
    std::size_t next_failed_ = 0;
    std::size_t next_successful_ = 0;
    time_point renewed_ = time_point::min();
};

/// The messages in an answer to Get Messages (docs/protocol.md §6.2).
std::vector<queued_message> read_messages(std::string_view xml, std::size_t queue);

/// What a storage answer to a blob's download means to the message that named it.
failure download_failure(unsigned status, std::string_view storage_code);

}  // namespace kustodrop::emulator
