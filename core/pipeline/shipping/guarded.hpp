#pragma once

#include "async/awaitable.hpp"
#include "base/result.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>

#include <exception>
#include <utility>

namespace kustodrop::pipeline {

/// An exception out of one source's attempt, as the failure of that attempt. Whether the request
/// that it came out of reached the service is not known.
inline failure unforeseen(const std::exception& thrown) {
    return {
        .code = errc::unspecified,
        .next = remedy::retry,
        .detail = std::string("unforeseen error while the source was sent: ") + thrown.what(),
        .maybe_acted = true,
        .hint = "please report it"};
}

/// Runs one source's attempt. An exception is a failure of that attempt, and not
/// the end of the process; a cancellation passes.
template <class T>
asio::awaitable<result<T>> guarded(asio::awaitable<result<T>> attempt) {
    auto state = co_await asio::this_coro::cancellation_state;
    try {
        auto made = co_await std::move(attempt);
        co_return made;
    } catch (const boost::system::system_error& thrown) {
        bool aborted = thrown.code() == asio::error::operation_aborted;
        if (aborted || state.cancelled() != asio::cancellation_type::none) throw;
        co_return unforeseen(thrown);
    } catch (const std::exception& thrown) {
        co_return unforeseen(thrown);
    }
}

}  // namespace kustodrop::pipeline
