#pragma once

#include "async/awaitable.hpp"
#include "base/text.hpp"
#include "http/transport.hpp"

#include <deque>
#include <functional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace kustodrop::test {

/// A network whose answers a test writes down beforehand, and whose requests it reads afterwards.
class scripted_transport final : public http::transport {
public:
    using answerer = std::function<result<http::response>(const http::request&)>;

    asio::awaitable<result<http::response>> send(http::request request) override {
        // The borrowed body may be freed by the time the test looks.
        if (!request.borrowed_body.empty()) request.body = std::string(request.borrowed_body);
        request.borrowed_body = {};
        sent.push_back(request);
        if (always) co_return always(request);
        if (script_.empty()) throw std::logic_error("unexpected: " + request.target.redacted());
        auto next = std::move(script_.front());
        script_.pop_front();
        co_return next;
    }

    /// The next answer, in the order of the calls.
    void answer(unsigned status, std::string body = {}, http::headers headers = {}) {
        script_.push_back(http::response{status, std::move(headers), std::move(body)});
    }
    void fail(failure why) { script_.push_back(std::move(why)); }

    const http::request& last() const { return sent.back(); }
    std::string header(std::string_view name) const {
        return std::string(last().headers.find(name).value_or("(none)"));
    }

    std::vector<http::request> sent;
    answerer always;  // Instead of the script, if set.

private:
    std::deque<result<http::response>> script_;
};

}  // namespace kustodrop::test
