#include "http/client/address_book.hpp"

#include "async/timed_wait.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>

#include <algorithm>
#include <utility>

namespace kustodrop::http {

using asio::ip::address;
using asio::ip::tcp;

static constexpr duration believed_for = 10s;
static constexpr duration failure_believed_for = 5s;
static constexpr duration stale_for = 1h;
static constexpr std::size_t most_entries = 256;
static constexpr std::size_t lookups_at_once = 8;

bool address_book::is_due(const entry& known) const {
    if (known.running) return false;
    auto now = clock_.now();
    if (known.failed_at && now - *known.failed_at < failure_believed_for) return false;
    return !known.answered_at || now - *known.answered_at >= believed_for;
}

// Blocks for as long as the system's resolver likes.
static std::pair<boost::system::error_code, std::vector<address>> look_up(const std::string& host) {
    asio::io_context alone(1);
    tcp::resolver resolver(alone);
    std::pair<boost::system::error_code, std::vector<address>> out;
    auto found = resolver.resolve(host, "", tcp::resolver::address_configured, out.first);
    for (auto& one : found) out.second.push_back(one.endpoint().address());
    return out;
}

address_book::~address_book() {
    if (!lookups_) return;
    lookups_->stop();
    lookups_->join();
}

// Asio's own resolver has one thread for all names. The executor is kept busy until the answer is
// there, as it would be by that one.
void address_book::begin(std::string host, std::shared_ptr<entry> known) {
    known->running = true;
    if (!lookups_) lookups_ = std::make_unique<asio::thread_pool>(lookups_at_once);
    auto busy = asio::prefer(executor_, asio::execution::outstanding_work.tracked);
    // The entry goes back with the answer, so that it ends on the executor's thread.
    asio::post(*lookups_, [known = std::move(known), host, busy, &clock = clock_]() mutable {
        auto [error, found] = look_up(host);
        auto done =
            [known = std::move(known), error = error, found = std::move(found), &clock]() mutable {
                known->running = false;
                if (error) {
                    known->failed_at = clock.now();
                    known->problem = error.message();
                } else {
                    known->failed_at.reset();
                    known->answered_at = clock.now();
                    known->addresses = std::move(found);
                }
                known->changed.notify_all();
            };
        asio::post(busy, std::move(done));
    });
}

void address_book::forget_old() {
    if (entries_.size() < most_entries) return;
    std::erase_if(entries_, [&](auto& one) {
        auto& [name, known] = one;
        return !known->answered_at || clock_.now() - *known->answered_at >= stale_for;
    });
}

bool address_book::is_usable(const entry& known) const {
    bool fresh = known.answered_at && clock_.now() - *known.answered_at < stale_for;
    return fresh && !known.addresses.empty();
}

result<std::vector<address>> address_book::answer(const std::string& host, const entry& known) {
    if (!is_usable(known)) {
        auto why = known.running ? std::string("no answer in time") : known.problem;
        return failure{
            .code = errc::dns_failed,
            .detail = "cannot resolve " + host + ": " + why,
            .hint = "check the name and this machine's DNS"};
    }
    auto out = known.addresses;
    if (known.last_good) {
        auto best = std::find(out.begin(), out.end(), *known.last_good);
        if (best != out.end()) std::rotate(out.begin(), best, best + 1);
    }
    return out;
}

asio::awaitable<result<std::vector<address>>> address_book::find(std::string host, duration limit) {
    boost::system::error_code not_a_literal;
    auto literal = asio::ip::make_address(host, not_a_literal);
    if (!not_a_literal) co_return std::vector<address>(1, literal);

    forget_old();
    auto& slot = entries_[host];
    if (!slot) slot = std::make_shared<entry>(executor_);
    auto known = slot;
    auto deadline = clock_.now() + limit;
    if (is_due(*known)) begin(host, known);
    // A name service that hangs costs nothing as long as the last answer leads to a connection.
    while (known->running && !is_usable(*known) && clock_.now() < deadline) {
        co_await wait_until(known->changed, clock_, deadline);
    }
    co_return answer(host, *known);
}

void address_book::worked(const std::string& host, const address& one) {
    auto found = entries_.find(host);
    if (found != entries_.end()) found->second->last_good = one;
}

}  // namespace kustodrop::http
