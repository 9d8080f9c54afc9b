#pragma once

#include "base/time.hpp"
#include "http/url.hpp"

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kustodrop::http {

enum class verb { get, head, put, post, delete_ };

std::string_view to_string(verb);

/// Header fields in their order; names compare without case.
class headers {
public:
    headers() = default;
    headers(std::initializer_list<std::pair<std::string, std::string>> fields) : all_(fields) {}

    /// The first value of that name.
    std::optional<std::string_view> find(std::string_view name) const;
    void add(std::string name, std::string value);
    auto begin() const { return all_.begin(); }
    auto end() const { return all_.end(); }

private:
    std::vector<std::pair<std::string, std::string>> all_;
};

/// One request. Host, Content-Length and Connection are the transport's business.
struct request {
    verb method = verb::get;
    url target;
    http::headers headers = {};
    std::string body = {};
    std::string_view borrowed_body = {};  // Sent instead of `body` when not empty; the caller's.
    // What it is for, as the metrics name it: "blob", "put_block".
    std::string service = {};
    std::string operation = {};
    bool idempotent = true;  // May be sent again if a reused connection breaks.
    std::size_t max_answer_bytes =
        4u << 20u;  // A larger answer is a failure; of an error, the body is dropped.
    // Tighter than the transport's own limits, where the caller knows better: for a connection (a
    // metadata service that is there or not), and from first to last.
    std::optional<duration> connect_timeout = {};
    std::optional<duration> total_timeout = {};

    std::string_view payload() const { return borrowed_body.empty() ? body : borrowed_body; }
};

/// Any answer at all: a 503 is a response here, and what it means is decided a floor above.
struct response {
    unsigned status = 0;
    http::headers headers = {};
    std::string body = {};
};

/// What the server asks to be waited for: Retry-After in seconds or as a date against the
/// answer's own Date, retry-after-ms, x-ms-retry-after-ms. At most an hour; nonsense is nothing.
std::optional<duration> retry_after(const response&);

}  // namespace kustodrop::http
