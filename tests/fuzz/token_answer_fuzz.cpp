// Answers of token endpoints; the first byte chooses the status.
#include "azure/identity/token_answer.hpp"
#include "fuzz/fuzz_target.hpp"

#include <array>

using namespace kustodrop;
using fuzz::promise;

FUZZ_TARGET(token_answer) {
    if (input.empty()) return;
    static constexpr std::array statuses{200u, 400u, 401u, 429u, 500u, 302u};
    http::response answer;
    answer.status = statuses[static_cast<unsigned char>(input.front()) % statuses.size()];
    answer.body = input.substr(1);
    wall_time now(std::chrono::hours(24 * 20000));
    auto token = azure::parse_token_answer(answer, "the endpoint", now);
    if (token) {
        promise(answer.status == 200, "a refusal holds no token");
        return promise(!token->value.empty(), "a token is not empty");
    }
    promise(!token.error().code.text().empty(), "a failure has a code");
    promise(token.error().detail.find('\n') == std::string::npos, "a failure is one line");
}
