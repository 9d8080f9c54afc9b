#include "http/client/address_book.hpp"

#include "async/timed_wait.hpp"

#include <algorithm>

namespace kustodrop::http {

using asio::ip::address;
using asio::ip::tcp;

static constexpr duration believed_for = 10s;
static constexpr duration failure_believed_for = 5s;
static constexpr duration stale_for = 1h;
static constexpr std::size_t most_entries = 256;

bool address_book::is_due(const entry& known) const {
    if (known.running) return false;
    auto now = clock_.now();
    if (known.failed_at && now - *known.failed_at < failure_believed_for) return false;
    return !known.answered_at || now - *known.answered_at >= believed_for;
}

void address_book::begin(std::string host, std::shared_ptr<entry> known) {
    known->running = true;
    auto done = [known, &clock = clock_](auto error, const tcp::resolver::results_type& found) {
        known->running = false;
        if (error) {
            known->failed_at = clock.now();
            known->problem = error.message();
        } else {
            known->failed_at.reset();
            known->answered_at = clock.now();
            known->addresses.clear();
            for (auto& one : found) known->addresses.push_back(one.endpoint().address());
        }
        known->changed.notify_all();
    };
    resolver_.async_resolve(host, "", tcp::resolver::address_configured, std::move(done));
}

void address_book::forget_old() {
    if (entries_.size() < most_entries) return;
    std::erase_if(entries_, [&](auto& one) {
        auto& [name, known] = one;
        return !known->answered_at || clock_.now() - *known->answered_at >= stale_for;
    });
}

result<std::vector<address>> address_book::answer(const std::string& host, const entry& known) {
    bool usable = known.answered_at && clock_.now() - *known.answered_at < stale_for;
    if (!usable || known.addresses.empty()) {
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
    while (known->running && clock_.now() < deadline) {
        co_await wait_until(known->changed, clock_, deadline);
    }
    co_return answer(host, *known);
}

void address_book::worked(const std::string& host, const address& one) {
    auto found = entries_.find(host);
    if (found != entries_.end()) found->second->last_good = one;
}

}  // namespace kustodrop::http
