#include "kusto/streaming/streaming_client.hpp"

#include <utility>

namespace kustodrop::kusto {

void streaming_client::authenticate_with(token_getter get, refusal_handler refused) {
    get_token_ = std::move(get);
    refused_ = std::move(refused);
}

asio::awaitable<void> streaming_client::wait_for_token() { co_await get_token_(); }

asio::awaitable<streaming_reply> streaming_client::send(
    streamed_source what, std::string_view bytes
) {
    streaming_reply out;
    auto endpoint = endpoint_();
    if (endpoint.has_error()) {
        out.step = streaming_step::queue_for_rights;
        out.why = endpoint.error();
        co_return out;
    }
    auto place = what.database + "." + what.table;
    auto where = place + " at " + endpoint->host();
    auto token = co_await get_token_();
    for (bool again = false;; again = true) {
        auto request = streaming_request(*endpoint, what, bytes, client_version_);
        request.headers.add("Authorization", "Bearer " + std::string(token->value.reveal()));
        auto answer = co_await transport_.send(std::move(request));
        out = judge_streaming(answer, where);
        if (out.step != streaming_step::reauthenticate) {
            if (answer) refusals_.accepted(place, token);
            co_return out;
        }
        auto refused = token;
        bool blames_token = !again && refusals_.blames_token(place, token);
        if (blames_token) {
            refused_(token);
            token = co_await get_token_();
            if (token != refused) continue;
        }
        // A fresh token that is refused too is not an accident.
        if (again || blames_token) refusals_.refused_another(place);
        out.step = streaming_step::queue_for_rights;
        co_return out;
    }
}

}  // namespace kustodrop::kusto
