#pragma once

#include "async/clock.hpp"
#include "async/event.hpp"
#include "base/log.hpp"
#include "base/random.hpp"
#include "kusto/rest/rest_client.hpp"
#include "kusto/rest/rest_request.hpp"
#include "kusto/rest/transport_choice.hpp"
#include "kusto/rest/transport_wish.hpp"

#include <optional>
#include <string>

namespace kustodrop::kusto {

/// Knows which way posts go now. Asks for the service's ingestion configuration again and again;
/// with `automatic` its preference decides, and what was decided last holds through an outage.
class transport_keeper {
public:
    struct parts {
        asio::any_io_executor executor;
        clock& time;
        random_generator& random;
        logger& log;
        rest_client& client;
    };

    transport_keeper(parts with, transport_wish wish);

    /// Obeyed from the next post on.
    void set_wish(transport_wish wish);

    /// Asks until cancelled. Spawn once.
    asio::awaitable<void> run();

    /// The way of the next post. Waits for the first answer where that decides.
    asio::awaitable<transport> chosen();

    /// What is in force; with `automatic`, `unknown_yet` before the first answer.
    transport_choice current() const;

    /// What one request may hold, as the service said last.
    const request_limits& limits() const { return limits_; }

    /// The service has refused to be spoken to by REST: asks again soon.
    void ask_soon();

    /// Whether posts may go either way, as seems best.
    bool may_choose() const { return wish_ == transport_wish::automatic; }

    /// There is nothing that takes posts by REST: with `automatic` they go as queue messages while
    /// that lasts, and REST is tried again after growing pauses. True: from now on.
    bool withdraw(const failure& why);

    /// A post by REST was accepted.
    void accepted();

private:
    void learn(const settings_reply& reply);
    void report(const transport_choice& former, const settings_reply& reply);

    parts with_;
    transport_wish wish_;
    transport_choice decided_;
    bool answered_ = false;
    bool is_known_ = false;  // Decided by an answer, so that it holds through an outage.
    request_limits limits_;
    rest_withdrawal withdrawn_;
    std::string reported_;  // What the log was last given as the reason.
    time_point asked_at_{};
    bool soon_ = false;
    event changed_;  // An answer, a wish, or a reason to ask.
};

}  // namespace kustodrop::kusto
