#pragma once

#include "async/clock.hpp"
#include "async/event.hpp"
#include "base/log.hpp"
#include "kusto/ingestion_message.hpp"
#include "kusto/rest/rest_access.hpp"
#include "pipeline/ready_queue.hpp"
#include "pipeline/roster.hpp"
#include "pipeline/shipping/attempt_log.hpp"
#include "pipeline/shipping/posting/post_marks.hpp"
#include "pipeline/shipping/posting/rest_answers.hpp"
#include "pipeline/shipping/target_hold.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

namespace kustodrop::pipeline {

/// Posts uploaded sources by REST, those that may share a request together (docs/protocol.md §3.4):
/// the first of them waits for company while other sources are on their way, for 100 ms at most.
/// The stage `posting` of all is on disk before the request is sent, and the id of its operation
/// before anything else happens to them. When the service says how long to wait, no request for
/// that table is sent before that. A target that is refused as such pauses its watch, or, where the
/// transport may be chosen, gets queue messages.
class rest_poster {
public:
    struct parts {
        roster& sources;
        const ready_queue& ready;
        spool::journal& journal;
        kusto::rest_access rest;
        clock& time;
        logger& log;
        attempt_log& attempts;
        post_marks& marks;
        target_hold& targets;
        std::size_t line = 0;  // Of the ready queue.
    };

    explicit rest_poster(parts with);
    ~rest_poster();

    /// True: the service has the source, which is `posted`. False: nothing was posted, because it
    /// has moved on.
    asio::awaitable<result<bool>> post(kusto::ingestion_request request);

    using starter = std::function<void(asio::awaitable<void>)>;
    using end_handler = std::function<void(const std::string& source_id, const result<bool>&)>;

    /// From now on requests run by themselves, started so; `ended` hears of each source what post()
    /// would return.
    void run_with(starter start, end_handler ended) {
        start_ = std::move(start);
        ended_ = std::move(ended);
    }

    /// Puts a source into a request that runs by itself, so that no one waits for it. False: it is
    /// to be posted with post(), for too many are on their way or the service wants a pause.
    asio::awaitable<bool> hand_over(const kusto::ingestion_request& request);

    /// What the answers to posts mean for those to come.
    rest_answers& answers() { return answers_; }
    const rest_answers& answers() const { return answers_; }

private:
    struct group;
    class leading;
    using shared_group = std::shared_ptr<group>;
    struct place {
        shared_group in;
        bool is_first = false;  // It leads: without it nothing is sent.
    };

    place join(kusto::ingestion_request request, asio::any_io_executor executor);
    asio::awaitable<void> lead(shared_group mine);
    asio::awaitable<void> run(shared_group mine);
    asio::awaitable<void> gather(shared_group mine);
    void close(const group& one);
    asio::awaitable<result<void>> send(shared_group mine);
    std::vector<std::string> begin(const group& mine);
    asio::awaitable<result<kusto::post_reply>> ask(
        std::string path, std::string body, kusto::rest_client::gate closed
    );
    static result<bool> end_of(const group& one, const std::string& source_id);

    parts with_;
    starter start_;
    end_handler ended_;
    rest_answers answers_;
    std::vector<shared_group> open_;  // Those that may still be joined.
    std::size_t posting_ = 0;         // Sources in any group.
};

}  // namespace kustodrop::pipeline
