#pragma once

#include "async/awaitable.hpp"
#include "azure/storage/queue_message.hpp"
#include "base/random.hpp"
#include "http/transport.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace kustodrop::azure {

/// Azure queues by SAS (docs/protocol.md §6). Every URL is the queue's, with its SAS.
class queue_client {
public:
    queue_client(http::transport& transport, random_generator& random)
        : transport_(transport), random_(random) {}

    /// The same, where every request but put_message ends within this time.
    queue_client within(duration answer_time) const {
        auto out = *this;
        out.answer_time_ = answer_time;
        return out;
    }

    /// Adds a message, once: the request is never repeated by itself. A failure says with
    /// maybe_acted whether the message may stand in the queue all the same.
    asio::awaitable<result<void>> put_message(http::url queue, std::string base64_text);

    /// The first messages, at most 32, without taking them.
    asio::awaitable<result<std::vector<queue_message>>> peek(http::url queue, unsigned count);

    /// Takes the first messages, at most 32: others do not see them for `visibility`.
    asio::awaitable<result<std::vector<queue_message>>> get(
        http::url queue, unsigned count, duration visibility
    );

    /// Gives a taken message back at once. Needs the right "u"; being refused it calls for no
    /// refresh of the resources.
    asio::awaitable<result<void>> release(http::url queue, queue_message message);

    /// Deletes a taken message; one that no longer exists counts as done. PopReceiptMismatch is a
    /// failure: someone else has it.
    asio::awaitable<result<void>> remove(http::url queue, queue_message message);

private:
    http::request prepared(http::verb method, http::url target, std::string operation);
    asio::awaitable<result<std::vector<queue_message>>> messages(http::request request);

    http::transport& transport_;
    random_generator& random_;
    duration answer_time_ = 1min;  // From first to last.
};

}  // namespace kustodrop::azure
