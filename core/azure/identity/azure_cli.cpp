#include "azure/identity/azure_cli.hpp"

#include "base/text.hpp"

#include <boost/json.hpp>

#include <charconv>
#include <ctime>

namespace kustodrop::azure {

namespace json = boost::json;
using std::chrono::seconds;

static constexpr std::size_t longest_quote = 300;

static failure refused(errc code, std::string detail) {
    return {code, remedy::reconfigure, std::move(detail)};
}

static std::string_view text_at(const json::object& object, std::string_view name) {
    auto* value = object.if_contains(name);
    return value && value->is_string() ? std::string_view(value->get_string()) : "";
}

// "2026-08-22 12:00:00.123456", where this machine is.
static std::optional<wall_time> local_time(std::string_view text) {
    std::tm parts{};
    std::string line(text);
    const char* end = ::strptime(line.c_str(), "%Y-%m-%d %H:%M:%S", &parts);
    if (!end || (*end != '\0' && *end != '.')) return std::nullopt;
    parts.tm_isdst = -1;
    auto time = std::mktime(&parts);
    if (time == -1) return std::nullopt;
    return wall_time(seconds(time));
}

static std::optional<wall_time> expiry_of(const json::object& answer) {
    auto* given = answer.if_contains("expires_on");
    if (given && given->is_int64()) return wall_time(seconds(given->get_int64()));
    auto text = text_at(answer, "expires_on");
    long since = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), since);
    bool whole = error == std::errc() && end == text.data() + text.size();
    if (whole) return wall_time(seconds(since));
    return local_time(text_at(answer, "expiresOn"));
}

result<access_token> parse_cli_answer(std::string_view text, wall_time now) {
    boost::system::error_code error;
    auto value = json::parse(text, error);
    if (error || !value.is_object()) return refused(errc::bad_answer, "az did not print JSON");
    auto token = text_at(value.get_object(), "accessToken");
    auto expiry = expiry_of(value.get_object());
    if (token.empty() || !expiry) return refused(errc::bad_answer, "az did not print a token");
    if (*expiry <= now) {
        return refused(
            errc::already_expired, "az gave a token that has expired; check this machine's clock"
        );
    }
    access_token out;
    out.value = secret(std::string(token));
    out.lifetime = *expiry - now;
    return out;
}

// az writes "ERROR: …", often over several lines, and says itself what to do.
static failure complaint(const child_output& ended) {
    auto said = trimmed(ended.err);
    if (said.find("az login") != std::string_view::npos) {
        return refused(errc::not_signed_in, "az is not signed in; run: az login");
    }
    auto line = said.substr(0, std::min(said.find('\n'), longest_quote));
    return refused(
        errc::azure_cli, "az ended with " + std::to_string(ended.status) + ": " + printable(line)
    );
}

asio::awaitable<result<access_token>> azure_cli_source::fetch(authority authority) {
    std::vector<std::string> command{
        "az", "account", "get-access-token", "--output", "json", "--scope", authority.scope};
    if (!options_.tenant_id.empty()) {
        command.emplace_back("--tenant");
        command.push_back(options_.tenant_id);
    }
    auto work = [run = options_.run, command] { return run(command); };
    auto ended = co_await offload(pool_, std::move(work));
    if (!ended) {
        auto problem = ended.error();
        if (problem.code == errc::not_found) {
            problem.detail = "the Azure CLI (az) is not installed, or not in PATH";
        }
        co_return problem;
    }
    if (ended->status != 0) co_return complaint(*ended);
    co_return parse_cli_answer(ended->out, clock_.wall_now());
}

}  // namespace kustodrop::azure
