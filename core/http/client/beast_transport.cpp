#include "http/client/beast_transport.hpp"

#include "async/pacing.hpp"
#include "base/text.hpp"
#include "http/answer_coding.hpp"
#include "http/client/connection.hpp"
#include "http/client/dialer.hpp"
#include "http/client/pace.hpp"
#include "http/client/request_head.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <algorithm>
#include <map>

namespace kustodrop::http {

namespace beast = boost::beast;
using boost::system::error_code;

namespace {

constexpr duration early_answer_timeout = 2s;  // For what a server said before it hung up on us.
// What must not be repeated is sent on a connection that cannot have died of idleness unnoticed:
// peers that close idle ones wait for longer than this.
constexpr duration rest_before_post = 2s;
constexpr std::size_t header_limit = 64u << 10u;
constexpr std::size_t piece_bytes = 64u << 10u;  // Written under one deadline.
constexpr std::size_t answer_bytes = 8u << 10u;  // Most answers are smaller.
constexpr std::size_t joined_bytes = 16u
                                     << 10u;  // Bodies up to this go in one write with the head.
// An answer that never ends must not keep its request for ever, whatever follows.
constexpr unsigned most_interim_answers = 20;
constexpr int most_answer_timeouts = 5;  // As a whole, of a small answer.
constexpr std::size_t small_answer_bytes = std::size_t{16} << 20u;  // Larger ones may be downloads.

bool is_timeout(error_code error) { return error == asio::error::timed_out; }

bool is_nonsense(error_code error) {
    using fault = beast::http::error;
    static const auto& parsing = beast::http::make_error_code(fault::bad_version).category();
    return error.category() == parsing && error != fault::partial_message &&
           error != fault::end_of_stream;
}

/// One request and its answer on an open connection.
class exchange {
public:
    struct limits {
        duration io_timeout;
        pacer* rate = nullptr;  // Of the body.
    };
    exchange(connection& line, const request& ask, const pace& pace, limits limits)
        : line_(line), ask_(ask), pace_(pace), io_timeout_(limits.io_timeout), rate_(limits.rate) {}

    /// Nothing is copied but a small body: behind the head, while it is sent.
    asio::awaitable<result<response>> run(std::string& head) {
        auto body = ask_.payload();
        auto head_bytes = head.size();
        total_ = head_bytes + body.size();
        if (body.size() <= joined_bytes) {
            if (rate_) co_await rate_->wait_for(body.size());
            head += body;
            body = {};
        }
        auto error = co_await write(head, nullptr);
        head.resize(head_bytes);
        if (!error && !body.empty()) error = co_await write(body, rate_);
        if (error && is_timeout(error)) co_return broken(error);
        // Who hangs up on a body may have said why: that answer counts more than the error.
        auto rest = error ? early_answer_timeout : io_timeout_;
        auto answer = co_await read(rest);
        if (answer && error) reusable_ = false;
        if (!answer && error && !received_) co_return broken(error);
        co_return answer;
    }

    bool reusable() const { return reusable_; }

    /// It broke before the server sent anything: typical of a connection that was idle too long.
    bool was_stale() const { return stale_; }

private:
    // The deadline is each piece's own, so what `rate` lets wait does not count.
    asio::awaitable<error_code> write(std::string_view bytes, pacer* rate) {
        std::size_t waited_for =
            0;  // TLS takes a record at a time, which may be less than a piece.
        while (!bytes.empty()) {
            auto piece = bytes.substr(0, rate ? rate->piece_bytes() : piece_bytes);
            if (rate && waited_for < piece.size()) {
                co_await rate->wait_for(piece.size() - waited_for);
                waited_for = piece.size();
            }
            attempted_ += piece.size();
            asio::const_buffer from(piece.data(), piece.size());
            auto done = co_await line_.write_some(from, pace_.limits(io_timeout_));
            if (done.error) co_return done.error;
            attempted_ -= piece.size() - done.bytes;
            waited_for -= std::min(waited_for, done.bytes);
            bytes.remove_prefix(done.bytes);
        }
        co_return error_code();
    }

    using parser = beast::http::response_parser<beast::http::string_body>;

    std::unique_ptr<parser> fresh_parser() const {
        auto out = std::make_unique<parser>();
        out->eager(true);
        out->header_limit(header_limit);
        out->body_limit(ask_.max_answer_bytes);
        if (ask_.method == verb::head) out->skip(true);
        return out;
    }

    // Feeds what has arrived. Interim answers (1xx) are passed over.
    error_code parse(beast::flat_buffer& arrived, std::unique_ptr<parser>& into) {
        error_code error;
        while (arrived.size() > 0 && !into->is_done()) {
            auto used = into->put(arrived.data(), error);
            arrived.consume(used);
            if (error == beast::http::error::need_more) return {};
            if (error) return error;
            if (!into->is_done() || into->get().result_int() / 100 != 1) continue;
            if (++interim_ > most_interim_answers) return beast::http::error::bad_status;
            into = fresh_parser();
        }
        return {};
    }

    // A small answer has its time from its first byte on: before that the body may still be on its
    // way, however long that takes.
    asio::awaitable<result<response>> read(duration rest) {
        beast::flat_buffer arrived(4 * header_limit);
        auto answer = fresh_parser();
        bool is_small = ask_.max_answer_bytes <= small_answer_bytes;
        auto whole = pace_;
        while (!answer->is_done()) {
            // What is left waits for the end of a line that does not end, as in a chunk's
            // extension.
            auto wanted = received_ ? piece_bytes : answer_bytes;
            if (arrived.size() + wanted > arrived.max_size()) {
                co_return broken(beast::http::error::header_limit);
            }
            auto room = arrived.prepare(wanted);
            auto got = co_await line_.read_some(room, whole.limits(rest));
            arrived.commit(got.bytes);
            bool begins = !received_ && got.bytes > 0;
            if (begins && is_small) whole = whole.within(rest * most_answer_timeouts);
            received_ = received_ || begins;
            auto error = parse(arrived, answer);
            if (!error && got.error && !answer->is_done()) error = at_end(got.error, *answer);
            // Of an error, status and header say what matters: a proxy's page may be of any size.
            bool too_large = error == beast::http::error::body_limit;
            if (too_large && answer->get().result_int() >= 300) co_return head_of(*answer);
            if (error) co_return broken(error);
        }
        reusable_ = answer->get().keep_alive() && arrived.size() == 0;
        co_return readable(ask_, converted(answer->release()));
    }

    // A clean end is the end of a body that has no length; anything else is a break.
    static error_code at_end(error_code error, parser& answer) {
        if (error != asio::error::eof || !answer.got_some()) return error;
        error_code incomplete;
        answer.put_eof(incomplete);
        return incomplete;
    }

    // The answer as if its body were absent. The connection is not used again.
    static response head_of(parser& answer) {
        auto out = converted(answer.release());
        out.body.clear();
        return out;
    }

    static response converted(beast::http::response<beast::http::string_body> from) {
        response out;
        out.status = from.result_int();
        for (auto& field : from) {
            out.headers.add(std::string(field.name_string()), std::string(field.value()));
        }
        out.body = std::move(from.body());
        return out;
    }

    failure broken(error_code error) {
        reusable_ = false;
        auto what = ask_.operation.empty() ? std::string(to_string(ask_.method)) : ask_.operation;
        auto text = what + " at " + ask_.target.authority() + ": ";
        failure out;
        out.maybe_acted = attempted_ >= total_;
        if (is_timeout(error)) {
            out.code = errc::timeout;
            out.detail = text + "no progress in time; check the network and the service's health";
        } else if (error == beast::http::error::body_limit) {
            out.code = errc::answer_too_large;
            out.next = remedy::give_up;
            out.detail = text + "the answer is larger than " + human_bytes(ask_.max_answer_bytes);
        } else if (is_nonsense(error)) {
            out.code = errc::bad_answer;
            out.detail = text + "the answer is not HTTP: " + error.message();
        } else {
            out.code = errc::connection_reset;
            out.detail = text + "the connection broke: " + error.message();
            stale_ = !received_;
        }
        return out;
    }

    connection& line_;
    const request& ask_;
    const pace& pace_;
    duration io_timeout_;
    pacer* rate_;
    std::size_t total_ = 0;
    std::size_t attempted_ = 0;  // Bytes that may be on their way.
    unsigned interim_ = 0;       // Answers that announce another one.
    bool received_ = false;
    bool reusable_ = false;
    bool stale_ = false;
};

}  // namespace

struct beast_transport::state {
    state(
        asio::any_io_executor executor,
        transport_options given,
        kustodrop::clock& clock,
        metrics& measured
    )
        : options(std::move(given)),
          clock(clock),
          measured(measured),
          dial(executor, options, clock),
          pool(executor, clock, options.connections_per_host, options.idle_timeout),
          uploads(std::make_shared<pacer>(clock, options.blob_rates)) {}

    asio::awaitable<result<response>> send(const request& ask);
    void measure(const request& ask, const result<response>& answer, duration took);

    // What is counted of one operation, found once.
    struct series {
        histogram* seconds = nullptr;
        std::map<unsigned, counter*> by_status;
    };

    transport_options options;
    kustodrop::clock& clock;
    metrics& measured;
    std::map<std::string, series> counted;  // By service and operation.
    dialer dial;
    connection_pool pool;
    std::shared_ptr<pacer> uploads;
};

asio::awaitable<result<response>> beast_transport::state::send(const request& ask) {
    if (!is_fit_to_send(ask)) {
        co_return failure{errc::bad_request, remedy::give_up, "control characters in the request"};
    }
    pace pace(clock, ask.total_timeout);
    auto body_bytes = ask.payload().size();
    auto head = head_of(ask, options.user_agent, body_bytes <= joined_bytes ? body_bytes : 0);
    auto connect_limit = ask.connect_timeout.value_or(options.connect_timeout);
    auto longest_rest = ask.idempotent ? options.idle_timeout : rest_before_post;
    for (;; longest_rest = duration::zero()) {
        auto lease = co_await pool.acquire(ask.target.origin(), longest_rest, pace.end());
        if (!lease) {
            co_return failure{
                errc::timeout,
                remedy::retry,
                "too many requests to " + ask.target.authority() + " at once"};
        }
        bool reused = lease->line != nullptr;
        if (!reused) {
            auto opened = co_await dial.open(ask.target, connect_limit, pace.end());
            if (!opened) co_return opened.error();
            lease->line = std::move(*opened);
        }
        bool is_upload = ask.service == "blob" || ask.service == "streaming";
        auto* rate = is_upload ? uploads.get() : nullptr;
        exchange talk(*lease->line, ask, pace, {options.io_timeout, rate});
        auto answer = co_await talk.run(head);
        if (answer && talk.reusable()) lease->keep();
        bool harmless = !answer && (ask.idempotent || !answer.error().maybe_acted);
        if (!reused || !harmless || !talk.was_stale()) co_return answer;
    }
}

void beast_transport::state::measure(
    const request& ask, const result<response>& answer, duration took
) {
    auto& ours = counted[ask.service + ' ' + ask.operation];
    metric_labels of;
    if (!ours.seconds || !answer || !ours.by_status.contains(answer->status)) {
        of = {{"service", ask.service}, {"operation", ask.operation}};
    }
    if (!ours.seconds) {
        ours.seconds = &measured.distribution("kustodrop_http_request_duration_seconds", of);
    }
    ours.seconds->observe(std::chrono::duration<double>(took).count());
    if (!of.empty()) {
        of.emplace_back(
            "code", answer ? std::to_string(answer->status) : answer.error().code.text()
        );
        auto& requests = measured.count("kustodrop_http_requests_total", of);
        if (!answer) return requests.add();
        ours.by_status[answer->status] = &requests;
    }
    ours.by_status[answer->status]->add();
}

beast_transport::beast_transport(
    asio::any_io_executor executor, transport_options options, clock& clock, metrics& measured
)
    : state_(std::make_unique<state>(std::move(executor), std::move(options), clock, measured)) {}

beast_transport::~beast_transport() = default;

asio::awaitable<result<response>> beast_transport::send(request ask) {
    auto began = state_->clock.now();
    auto answer = co_await state_->send(ask);
    state_->measure(ask, answer, state_->clock.now() - began);
    co_return answer;
}

asio::awaitable<std::vector<probe_step>> beast_transport::probe(url target) {
    auto steps = co_await state_->dial.probe(std::move(target));
    co_return steps;
}

void beast_transport::change_blob_rates(timetable rates) {
    state_->uploads->change(std::move(rates));
}

void beast_transport::share_blob_rates(const beast_transport& other) {
    state_->uploads = other.state_->uploads;
}

void beast_transport::close_idle() { state_->pool.close_idle(); }

}  // namespace kustodrop::http
