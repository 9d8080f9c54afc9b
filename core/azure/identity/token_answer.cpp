#include "azure/identity/token_answer.hpp"

#include "azure/identity/expiry.hpp"
#include "base/text.hpp"
#include "http/clock_skew.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>

namespace kustodrop::azure {

namespace json = boost::json;
using std::chrono::seconds;

static constexpr std::size_t largest_answer_bytes = 1u << 20u;
static constexpr long longest_life_s = 7L * 24 * 3600;
static constexpr std::size_t longest_quote = 300;

namespace {

struct known_refusal {
    long number;
    std::string_view sentence;
};

constexpr std::array<known_refusal, 21> known_refusals{{
    {7000215,
     "the client secret is wrong; put the secret's value, not its id, into "
     "auth.client_secret"},
    {7000222, "the client secret has expired; create a new one in the app registration"},
    {7000218, "the application wants a secret or certificate; check auth.kind"},
    {700016, "the application is not in this tenant; check auth.client_id and auth.tenant_id"},
    {700027,
     "the certificate is not the application's or has expired; upload it to the app "
     "registration"},
    {700021, "the assertion's issuer or subject does not match; check the federated credential"},
    {700023, "the assertion's audience does not match; check the federated credential"},
    {700024, "the assertion is out of its time; check this machine's clock"},
    {50013, "the assertion is not valid now or not here; check this machine's clock"},
    {700025, "the application is registered as a public client, which has no secret"},
    {700212, "no federated credential has this audience; check the federated credential"},
    {700211, "no federated credential has this issuer; check the federated credential"},
    {700213, "no federated credential has this subject; check the federated credential"},
    {90002, "there is no such tenant; check auth.tenant_id"},
    {900023, "the tenant's id is neither a GUID nor a domain; check auth.tenant_id"},
    {7000229, "the application has no service principal in this tenant; check auth.tenant_id"},
    {501051, "the application has no role for this; ask the directory's administrator for one"},
    {65001, "no one has consented to the application; ask the directory's administrator"},
    {500011, "the service is not registered in this tenant; check the cluster's address"},
    {53003, "a conditional access policy refuses this sign-in; ask the directory's administrator"},
    {7000112, "the application is disabled; ask the directory's administrator"},
}};

std::string_view sentence_for(long number) {
    auto found = std::find_if(known_refusals.begin(), known_refusals.end(), [&](auto& one) {
        return one.number == number;
    });
    return found == known_refusals.end() ? std::string_view() : found->sentence;
}

json::object parsed(std::string_view body) {
    if (body.size() > largest_answer_bytes) return {};
    boost::system::error_code error;
    auto value = json::parse(body, error);
    return !error && value.is_object() ? std::move(value.get_object()) : json::object();
}

std::string_view text_at(const json::object& object, std::string_view name) {
    auto* value = object.if_contains(name);
    if (!value || !value->is_string()) return {};
    return {value->get_string().data(), value->get_string().size()};
}

// Managed identities send numbers as strings (docs/protocol.md §1.4).
std::optional<long> number_at(const json::object& object, std::string_view name) {
    auto* value = object.if_contains(name);
    if (!value) return std::nullopt;
    if (value->is_int64()) return value->get_int64();
    if (value->is_double()) {
        // What does not fit into a long cannot be a time.
        auto number = value->get_double();
        if (!(number > -1e18 && number < 1e18)) return std::nullopt;
        return static_cast<long>(number);
    }
    auto text = text_at(object, name);
    long number = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

// Seconds since 1970, as a number or its text, or a date.
std::optional<long> expiry_of(const json::object& answer) {
    auto number = number_at(answer, "expires_on");
    if (number) return *number > 0 ? number : std::nullopt;
    auto date = parse_expiry_date(text_at(answer, "expires_on"));
    if (!date) return std::nullopt;
    return std::chrono::floor<seconds>(date->time_since_epoch()).count();
}

// The smaller one: a token out of a cache is said to live as long as a new one. The end is by the
// server's clock; without it, one that has passed by ours proves nothing.
std::optional<duration> lifetime_of(
    const json::object& answer, wall_time now, std::optional<duration> skew
) {
    auto in = number_at(answer, "expires_in");
    auto on = expiry_of(answer);
    if (on) {
        auto ahead = std::chrono::duration_cast<wall_time::duration>(skew.value_or(duration()));
        auto left = *on - std::chrono::floor<seconds>((now - ahead).time_since_epoch()).count();
        bool counts = !in || left > 0 || skew;
        if (counts) in = std::min(in.value_or(left), left);
    }
    if (!in || *in <= 0) return std::nullopt;
    return seconds(std::min(*in, longest_life_s));
}

// "AADSTS7000215: …" → 7000215; error_codes holds the same.
long number_of_refusal(const json::object& answer) {
    auto* codes = answer.if_contains("error_codes");
    if (codes && codes->is_array() && !codes->get_array().empty()) {
        auto& first = codes->get_array().front();
        if (first.is_int64()) return first.get_int64();
    }
    auto text = text_at(answer, "error_description");
    auto at = text.find("AADSTS");
    if (at == std::string_view::npos) return 0;
    long number = 0;
    text.remove_prefix(at + 6);
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

bool is_transient(unsigned status, std::string_view error) {
    if (status == 408 || status == 410 || status == 429 || status >= 500) return true;
    return error == "temporarily_unavailable" || error == "server_error";
}

// The first line: what follows is trace ids and times.
std::string quoted(std::string_view description) {
    auto line = description.substr(0, description.find_first_of("\r\n"));
    auto end = line.find(" Trace ID:");
    return printable(line.substr(0, std::min(end, longest_quote)));
}

// Entra says why in error_description, App Service in message.
std::string said_in(const json::object& body) {
    for (auto* name : {"error_description", "message", "Message"}) {
        auto text = quoted(text_at(body, name));
        if (!text.empty()) return text;
    }
    return {};
}

failure refusal(
    const http::response& answer, const json::object& body, std::string_view what, wall_time now
) {
    auto error = text_at(body, "error");
    auto number = number_of_refusal(body);
    failure out;
    out.retry_after = http::retry_after(answer);
    out.request_id = printable(text_at(body, "trace_id").substr(0, 128));
    out.next = is_transient(answer.status, error) ? remedy::retry : remedy::reconfigure;
    if (number != 0) {
        out.code = service_code("AADSTS" + std::to_string(number));
    } else if (!error.empty()) {
        out.code = service_code(printable(error.substr(0, 64)));
    } else {
        out.code = service_code("http_" + std::to_string(answer.status));
    }
    auto reason = std::string(sentence_for(number));
    if (reason.empty()) reason = said_in(body);
    if (reason.empty()) reason = "it answered " + std::to_string(answer.status);
    out.detail = "no token from " + std::string(what) + ": " + reason;
    auto skew = http::clock_skew(answer, now);
    auto hint = skew ? http::skew_hint(*skew, std::string(what)) : std::nullopt;
    if (hint) out.hint = *hint;
    return out;
}

}  // namespace

result<access_token> parse_token_answer(
    const http::response& answer, std::string_view what, wall_time now
) {
    auto body = parsed(answer.body);
    if (answer.status != 200) return refusal(answer, body, what, now);
    auto value = text_at(body, "access_token");
    auto lifetime = lifetime_of(body, now, http::clock_skew(answer, now));
    bool is_bearer =
        !body.contains("token_type") || equals_ignoring_case(text_at(body, "token_type"), "Bearer");
    bool is_printable = std::all_of(value.begin(), value.end(), [](unsigned char c) {
        return c > 0x20 && c < 0x7f;
    });
    if (value.empty() || !lifetime || !is_bearer || !is_printable) {
        return failure{
            errc::bad_answer,
            remedy::retry,
            "what " + std::string(what) + " answered is not a token; check the address"};
    }
    access_token out;
    out.value = secret(std::string(value));
    out.lifetime = *lifetime;
    auto refresh = number_at(body, "refresh_in");
    if (refresh && *refresh > 0) {
        // More seconds than that do not even fit into a duration.
        auto in = seconds(std::min(*refresh, longest_life_s));
        out.refresh_in = std::min<duration>(in, *lifetime);
    }
    return out;
}

}  // namespace kustodrop::azure
