#include "azure/storage/storage_error.hpp"

#include "azure/storage/xml_reader.hpp"
#include "base/text.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <array>

namespace kustodrop::azure {

namespace json = boost::json;

static constexpr std::size_t longest_code = 64;
static constexpr std::size_t longest_error = 64u << 10u;

// Letters and digits only: nothing that came from outside can forge a line or hide a secret.
static std::string as_code(std::string_view text) {
    auto is_code = [](unsigned char c) { return std::isalnum(c) != 0; };
    bool fit = !text.empty() && text.size() <= longest_code &&
               std::all_of(text.begin(), text.end(), is_code);
    return fit ? std::string(text) : std::string();
}

static std::string code_in_xml(std::string_view body) {
    xml_reader reader(body);
    bool in_code = false;
    for (;;) {
        auto token = reader.next();
        if (token.type == xml_reader::kind::end || token.type == xml_reader::kind::bad) return {};
        if (token.type == xml_reader::kind::text && in_code) return as_code(trimmed(token.value));
        // Tables write it in lower case, with a namespace before it.
        if (token.type == xml_reader::kind::open) {
            auto name = token.value.substr(token.value.find(':') + 1);
            in_code = equals_ignoring_case(name, "Code");
        }
    }
}

// {"odata.error":{"code":"TableNotFound",…}}; newer versions of OData write "error". What begins
// with a brace is an object.
static std::string code_in_json(std::string_view body) {
    boost::system::error_code error;
    json::parse_options limits;
    limits.max_depth = 8;
    auto value = json::parse(body, error, {}, limits);
    if (error) return {};
    for (std::string_view name : {"odata.error", "error"}) {
        auto* found = value.get_object().if_contains(name);
        auto* code =
            found && found->is_object() ? found->get_object().if_contains("code") : nullptr;
        if (code && code->is_string()) return as_code(std::string_view(code->get_string()));
    }
    return {};
}

static std::string code_in(std::string_view body) {
    if (body.starts_with("\xEF\xBB\xBF")) body.remove_prefix(3);
    body = trimmed(body.substr(0, longest_error));
    return body.starts_with('{') ? code_in_json(body) : code_in_xml(body);
}

std::string storage_error_code(const http::response& answer) {
    auto header = answer.headers.find("x-ms-error-code");
    auto code = header ? as_code(trimmed(*header)) : std::string();
    return code.empty() ? code_in(answer.body) : code;
}

namespace {

struct meaning {
    remedy next;
    std::string_view hint;
};

template <std::size_t count>
bool is_one_of(std::string_view code, const std::array<std::string_view, count>& names) {
    return std::find(names.begin(), names.end(), code) != names.end();
}

constexpr std::array<std::string_view, 4> missing{
    "ContainerNotFound", "QueueNotFound", "TableNotFound", "ResourceNotFound"};
constexpr std::array<std::string_view, 3> stale_list{
    "InvalidBlockList", "InvalidBlobOrBlock", "InvalidBlockId"};
constexpr std::array<std::string_view, 2> damaged{"Md5Mismatch", "Crc64Mismatch"};
constexpr std::array<std::string_view, 3> busy_container{
    "ContainerBeingDeleted", "ContainerDisabled", "QueueBeingDeleted"};

// Only these speak of the blob itself.
constexpr std::string_view too_many_blocks = "BlockCountExceedsLimit";
constexpr std::string_view too_large_a_body = "RequestBodyTooLarge";

meaning of_refusal(on_refusal refusal) {
    if (refusal == on_refusal::accept) {
        return {remedy::give_up, "this SAS has not the right to do it"};
    }
    return {
        remedy::refresh_resources,
        "the SAS is refused: expired, rotated, or a storage firewall; also check this machine's "
        "clock"};
}

meaning meaning_of(unsigned status, std::string_view code, on_refusal refusal) {
    // A captive portal or an inspecting proxy says yes to everything.
    if (status < 300) return {remedy::reroute, "this answer is not from a storage service"};
    if (is_one_of(code, damaged)) return {remedy::retry, "damaged on the way"};
    // Azurite's code for a body that does not match its MD5.
    if (status == 400 && code == "InvalidOperation") return {remedy::retry, "damaged on the way"};
    if (is_one_of(code, stale_list)) return {remedy::upload_again, "blocks are missing"};
    if (is_one_of(code, missing)) return {remedy::refresh_resources, "it was rotated away"};
    if (is_one_of(code, busy_container)) return {remedy::refresh_resources, "it is going away"};
    if (code == too_many_blocks) {
        return {
            remedy::give_up,
            "the file has more blocks than the service takes: set upload.block_size higher, then "
            "retry"};
    }
    if (status == 413 || code == too_large_a_body) {
        return {
            remedy::give_up,
            "larger than the service, or a proxy in front of it, takes in one request: set "
            "upload.block_size lower, then retry"};
    }
    if (status == 401 || status == 403) return of_refusal(refusal);
    switch (status) {
    case 408:
    case 429:
    case 500:
    case 502:
    case 503:
    case 504:
        return {remedy::reroute, "the storage account is unwell or throttles"};
    case 404:
        // Without a code something else stands at this address.
        if (code.empty()) return {remedy::refresh_resources, "nothing is there"};
        return {remedy::reroute, "it is not there"};
    default:
        break;
    }
    if (status >= 500) return {remedy::reroute, "the storage account is unwell"};
    if (status < 400) return {remedy::reroute, "redirects are not followed"};
    if (code.empty()) return {remedy::reroute, "it is not the answer of a storage service"};
    // Never the file's fault: the account is being made, has a lease, or wants another version.
    return {remedy::reroute, "this storage account does not take it"};
}

}  // namespace

failure storage_failure(const http::response& answer, std::string_view what, on_refusal refusal) {
    failure out;
    auto code = storage_error_code(answer);
    auto [next, hint] = meaning_of(answer.status, code, refusal);
    out.code = service_code(code.empty() ? "http_" + std::to_string(answer.status) : code);
    out.next = next;
    out.detail =
        std::string(what) + ": " + std::to_string(answer.status) + " " + out.code.text() + "; ";
    out.detail += hint;
    out.retry_after = http::retry_after(answer);
    // ServerBusy is a refusal. Any other trouble of the service's own, and whatever stands
    // between it and us, may have come after the deed.
    bool has_not_acted = answer.status < 500 || code == "ServerBusy";
    out.maybe_acted = !has_not_acted || answer.status == 408 || answer.status < 400;
    auto id = answer.headers.find("x-ms-request-id");
    if (id) out.request_id = printable(id->substr(0, 128));
    return out;
}

// Of the codes that mean another account, those of one that is unwell or busy: waiting helps.
static bool passes_by_itself(std::string_view code) {
    static constexpr std::array<std::string_view, 4> busy{
        "ServerBusy", "InternalError", "OperationTimedOut", "http_408"};
    return is_one_of(code, busy) || code == "http_429" || code.starts_with("http_5");
}

bool is_unforeseen(const failure& answered) {
    std::string_view code = answered.code.service_text();
    if (code.empty()) return false;
    if (answered.next == remedy::reroute) return !passes_by_itself(code);
    bool is_missing = is_one_of(code, missing) || code == "http_404";
    return answered.next == remedy::refresh_resources && is_missing;
}

bool lacks_right(const failure& refused) {
    return refused.code.service_text() == "AuthorizationPermissionMismatch";
}

}  // namespace kustodrop::azure
