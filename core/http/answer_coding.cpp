#include "http/answer_coding.hpp"

#include "base/text.hpp"

#include <utility>

namespace kustodrop::http {

result<response> readable(const request& ask, response answer) {
    auto coding = answer.headers.find("Content-Encoding");
    bool is_plain =
        !coding || trimmed(*coding).empty() || equals_ignoring_case(trimmed(*coding), "identity");
    bool is_content = ask.service == "blob" || ask.headers.find("Accept-Encoding");
    if (is_plain || is_content || answer.body.empty()) {
        return {boost::system::in_place_value, std::move(answer)};
    }
    if (answer.status < 200 || answer.status >= 300) {
        answer.body.clear();
        return {boost::system::in_place_value, std::move(answer)};
    }
    auto what = ask.operation.empty() ? std::string(to_string(ask.method)) : ask.operation;
    failure out;
    out.code = errc::bad_answer;
    out.detail = what + " at " + ask.target.authority() +
                 ": the answer has Content-Encoding: " + printable(coding->substr(0, 64)) +
                 ", although identity was asked for";
    out.hint = "a proxy or gateway in between must leave answers as they are";
    out.maybe_acted = true;
    return out;
}

}  // namespace kustodrop::http
