#include "base/text.hpp"
#include "config/interpolate.hpp"
#include "config/read.hpp"

#include <algorithm>

namespace kustodrop::config {

static constexpr std::string_view default_secret = "${cred:client-secret}";

static std::optional<std::string> identifier_problem(const std::string& text) {
    auto lower = to_lower(text);
    if (lower.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-._") == std::string::npos) {
        return std::nullopt;
    }
    return "is no id; allowed: a GUID or a name of letters, digits, - . and _";
}

static std::optional<std::string> authority_problem(const std::string& text) {
    if (text.empty()) return std::nullopt;
    auto url = http::url::parse(text);
    bool good = url && url->path() == "/" && url->query().empty();
    if (good && (url->is_https() || url->is_loopback())) return std::nullopt;
    return "is no authority; allowed: https://HOST like https://login.microsoftonline.com, "
           "http:// only for loopback";
}

// Only one kind is served yet, and the documented default is not it, so that silence is no
// answer either.
static bool check_kind(section& auth, auth_kind kind) {
    static constexpr std::string_view instead = "not supported in this version; use client_secret";
    if (auth.is_wrong("kind") || auth.is_broken()) return false;
    if (kind == auth_kind::client_secret) return true;
    if (auth.is_given("kind")) {
        auth.error("kind", std::string(to_string(kind)) + " is " + std::string(instead));
    } else {
        auth.error(
            "kind", "is missing, and the default managed_identity is " + std::string(instead)
        );
    }
    return false;
}

static bool has_control_characters(std::string_view text) {
    return std::any_of(text.begin(), text.end(), [](char c) {
        return static_cast<unsigned char>(c) < 0x20;
    });
}

// What is wrong with a resolved secret; its text is in none of the answers.
static std::optional<std::string> secret_problem(const interpolation& found, bool literal_allowed) {
    if (found.is_literal && !literal_allowed) {
        return "is a literal secret in a file that group or others can read; make the file "
               "private (chmod 600) or write ${cred:name}, ${file:/path} or ${env:NAME}";
    }
    if (found.text.empty()) return "is empty; allowed: the secret";
    if (has_control_characters(found.text)) {
        return "has a line break or another control character in it; allowed: one line";
    }
    return std::nullopt;
}

static void read_client_secret(
    section& auth, const environment& environment, bool literal_allowed, auth_settings& out
) {
    auto given = auth.take_raw_scalar("client_secret");
    // Nothing else than client_secret uses it, and the documented default must not disturb them.
    if (auth.is_wrong("client_secret") || out.kind != auth_kind::client_secret) return;
    auto source = given ? given->text : std::string(default_secret);
    auto found = interpolate(source, environment, sensitivity::secret);
    if (!found) {
        auto subject = given ? std::string() : "is missing, and its default " + source + " ";
        auth.error("client_secret", subject + found.error().detail);
        return;
    }
    if (auto wrong = secret_problem(*found, literal_allowed)) {
        auth.error("client_secret", *wrong);
        return;
    }
    conceal(*found, environment);
    if (found->can_reread) out.client_secret_source = source;
    out.client_secret = secret(std::move(found->text));
}

static void require_text(section& auth, std::string_view key, const std::string& value) {
    if (value.empty() && !auth.is_wrong(key)) {
        auth.error(key, "is missing; kind client_secret needs it");
    }
}

void read_auth(
    section auth, const environment& environment, bool literal_allowed, auth_settings& out
) {
    auth.choice("kind", out.kind);
    bool served = check_kind(auth, out.kind);
    auth.text("tenant_id", out.tenant_id, identifier_problem);
    auth.text("client_id", out.client_id, identifier_problem);
    // A kind that is refused already needs no second complaint about what goes with it.
    if (served) {
        require_text(auth, "tenant_id", out.tenant_id);
        require_text(auth, "client_id", out.client_id);
        read_client_secret(auth, environment, literal_allowed, out);
    } else {
        auth.take_raw_scalar("client_secret");
    }
    auth.text("client_certificate_file", out.client_certificate_file, path_problem);
    std::string authority;
    if (auth.text("authority_host", authority, authority_problem)) {
        out.authority_host = http::url::parse(authority);
    }
    auth.finish();
}

}  // namespace kustodrop::config
