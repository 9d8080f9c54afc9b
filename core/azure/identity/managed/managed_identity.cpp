#include "azure/identity/managed/managed_identity.hpp"

#include "azure/identity/token_answer.hpp"
#include "base/text.hpp"

#include <boost/json.hpp>

namespace kustodrop::azure {

namespace json = boost::json;

static constexpr duration probe_timeout = 1s;
static constexpr duration answer_timeout = 30s;
static constexpr std::size_t largest_answer_bytes = 64u << 10u;

http::request managed_identity_source::prepared(
    const identity_service& service, const std::string& resource
) const {
    auto out = identity_request(service, resource, options_.choice);
    out.max_answer_bytes = largest_answer_bytes;
    out.total_timeout = answer_timeout;
    // Where there is no Azure, packets to 169.254.169.254 often vanish silently.
    if (!answered_) out.connect_timeout = probe_timeout;
    return out;
}

// The second half of Arc's handshake: the same request with the content of the file that only
// members of its group can read (docs/protocol.md §1.5).
asio::awaitable<result<http::response>> managed_identity_source::meet(
    http::request request, http::response challenge
) {
    auto said = challenge.headers.find("WWW-Authenticate").value_or("");
    auto name = challenged_key(said, options_.token_directory);
    if (!name) co_return name.error();
    auto key = read_arc_key(options_.token_directory, *name);
    if (!key) co_return key.error();
    request.headers.add("Authorization", "Basic " + std::string(key->reveal()));
    co_return co_await transport_.send(std::move(request));
}

asio::awaitable<result<http::response>> managed_identity_source::ask(
    identity_service service, std::string resource
) {
    auto request = prepared(service, resource);
    auto again = request;
    auto answer = co_await transport_.send(std::move(request));
    if (!answer) co_return answer;
    answered_ = true;
    if (service.kind != identity_kind::arc || answer->status != 401) co_return answer;
    co_return co_await meet(std::move(again), std::move(*answer));
}

asio::awaitable<result<access_token>> managed_identity_source::fetch(authority authority) {
    auto service = find_identity_service(options_.facts());
    if (!service) co_return service.error();
    for (unsigned tries = 1;; ++tries) {
        auto answer = co_await ask(*service, authority.resource);
        if (!answer) co_return explain(*service, answer.error());
        auto wait = next_try(service->kind, answer->status, tries, http::retry_after(*answer));
        if (!wait) co_return judge(*service, *answer);
        auto wake = clock_.now() + *wait;
        co_await clock_.sleep_until(wake);
    }
}

// Arc knows only the machine's own identity, and an older agent ignores what it does not know: the
// answer must say whose token it is.
static bool echoes(const http::response& answer, const identity_choice& choice) {
    boost::system::error_code error;
    auto value = json::parse(answer.body, error);
    if (error || !value.is_object()) return false;
    auto is = [&](std::string_view name, const std::string& wanted) {
        auto* said = value.get_object().if_contains(name);
        bool same = said && said->is_string() &&
                    equals_ignoring_case(std::string_view(said->get_string()), wanted);
        return wanted.empty() || same;
    };
    return is("client_id", choice.client_id) && is("object_id", choice.object_id) &&
           (is("msi_res_id", choice.resource_id) || is("mi_res_id", choice.resource_id));
}

result<access_token> managed_identity_source::judge(
    const identity_service& service, const http::response& answer
) const {
    auto what = description_of(service);
    auto token = parse_token_answer(answer, what, clock_.wall_now());
    bool chosen = !options_.choice.is_system_assigned();
    if (token && chosen && service.kind == identity_kind::arc && !echoes(answer, options_.choice)) {
        return failure{
            .code = errc::no_managed_identity,
            .next = remedy::reconfigure,
            .detail = what + " has only the machine's own identity",
            .hint = "leave out auth.client_id, auth.object_id and auth.resource_id"};
    }
    if (token) return token;
    auto refused = token.error();
    if (answer.status == 400 || answer.status == 404) {
        refused.hint = chosen ? "assign that identity to this machine, or correct auth.client_id, "
                                "auth.object_id or auth.resource_id"
                              : "give this machine a system-assigned identity, or name one of its "
                                "user-assigned ones in auth.client_id";
    } else if (service.kind == identity_kind::arc && answer.status == 401) {
        refused.hint = "it does not accept its own key: restart its service, himdsd";
    }
    return refused;
}

static bool is_unanswered(errc code) {
    return code == errc::connect_refused || code == errc::connect_timeout ||
           code == errc::connect_failed || code == errc::timeout;
}

failure managed_identity_source::explain(const identity_service& service, failure problem) const {
    bool silent = is_unanswered(problem.code.ours());
    if (!silent) return problem;
    auto what = description_of(service);
    if (service.kind == identity_kind::arc) {
        problem.detail = what + " does not answer (" + problem.code.text() + ")";
        problem.hint = "start its service: systemctl start himdsd";
    } else if (service.kind == identity_kind::imds && !answered_) {
        problem.code = errc::no_managed_identity;
        problem.next = remedy::reconfigure;
        problem.detail = what + " does not answer, so this machine is not an Azure VM";
        problem.hint = "install the Azure Arc agent, or choose another auth.kind";
    }
    return problem;
}

}  // namespace kustodrop::azure
