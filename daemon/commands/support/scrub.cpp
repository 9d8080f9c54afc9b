#include "daemon/commands/support/scrub.hpp"

#include "base/live_secrets.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <array>

namespace kustodrop::daemon {

static constexpr std::string_view hidden = "[hidden]";
static constexpr std::string_view ends_of_value = " \t\r\n'\"<>,;)]}";
static constexpr std::string_view ends_of_query = " \t\r\n'\"<>";
static constexpr std::size_t longest_plain = 80;  // Longer ones are taken for tokens.

// Names whose values are secret, in lower case, as in "name=VALUE" and "\"name\": \"VALUE\"".
static constexpr auto secret_names = std::to_array<std::string_view>({
    "sig",
    "accountkey",
    "sharedaccesssignature",
    "sharedaccesskey",
    "password",
    "passwd",
    "secret",
    "client_secret",
    "clientsecret",
    "client_assertion",
    "access_token",
    "refresh_token",
    "id_token",
    "token",
    "authorizationcontext",
    "authorization",
    "proxy-authorization",
    "identity_header",
});

static bool is_name_part(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
}

// A query names values; "a.json?" does not.
static void hide_queries(std::string& text) {
    for (auto at = text.find('?'); at != std::string::npos; at = text.find('?', at + 1)) {
        auto end = std::min(text.find_first_of(ends_of_query, at), text.size());
        if (text.find('=', at) >= end) continue;
        text.replace(at + 1, end - at - 1, hidden);
    }
}

static std::size_t skip(const std::string& text, std::size_t at, std::string_view what) {
    return std::min(text.find_first_not_of(what, at), text.size());
}

// Where the value begins that belongs to the name that ends at `at`; npos if none does. Quotes may
// be escaped, as those of JSON within JSON.
static std::size_t value_behind(const std::string& text, std::size_t at) {
    at = skip(text, at, "\\\"' \t");
    if (at == text.size() || (text[at] != '=' && text[at] != ':')) return std::string::npos;
    return skip(text, at + 1, "\\\"' \t");
}

static std::size_t end_of_value(const std::string& text, std::size_t at) {
    auto end = [&](std::size_t from) {
        auto found = std::min(text.find_first_of(ends_of_value, from), text.size());
        auto escape = text.find('\\', from);
        return std::min(found, escape);
    };
    auto until = end(at);
    // "Bearer TOKEN", "Basic TOKEN".
    auto scheme = to_lower(std::string_view(text).substr(at, until - at));
    bool is_scheme = scheme == "bearer" || scheme == "basic";
    return is_scheme && until < text.size() ? end(until + 1) : until;
}

static void hide_named_values(std::string& text) {
    auto lower = to_lower(text);
    std::string out;
    std::size_t done = 0;
    for (std::size_t at = 0; at < text.size();) {
        if (!is_name_part(text[at])) {
            ++at;
            continue;
        }
        auto end = at;
        while (end < text.size() && is_name_part(text[end])) ++end;
        auto name = std::string_view(lower).substr(at, end - at);
        at = end;
        if (std::ranges::find(secret_names, name) == secret_names.end()) continue;
        auto from = value_behind(text, end);
        if (from == std::string::npos || from >= text.size()) continue;
        auto to = end_of_value(text, from);
        // ${cred:client-secret} is only a reference.
        if (to == from || std::string_view(text).substr(from).starts_with("${")) continue;
        out += text.substr(done, from - done);
        out += hidden;
        done = at = to;
    }
    text = out + text.substr(done);
}

// "Bearer TOKEN" anywhere.
static void hide_behind(std::string& text, std::string_view scheme) {
    for (std::size_t at = 0;;) {
        at = to_lower(text).find(scheme, at);
        if (at == std::string::npos) return;
        at += scheme.size();
        auto end = std::min(text.find_first_of(ends_of_value, at), text.size());
        if (end - at < 8) continue;
        text.replace(at, end - at, hidden);
    }
}

static void hide_long_runs(std::string& text) {
    auto is_part = [](char c) {
        return is_name_part(c) || c == '.' || c == '+' || c == '/' || c == '=' || c == '%' ||
               c == '~';
    };
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        auto end = at;
        while (end < text.size() && is_part(text[end])) ++end;
        auto run = std::string_view(text).substr(at, end - at);
        bool is_path = std::ranges::count(run, '/') * 24 >= static_cast<long>(run.size()) ||
                       run.starts_with('/');
        bool is_token = run.starts_with("eyJ") || (run.size() > longest_plain && !is_path);
        out += is_token ? hidden : run;
        if (end < text.size()) out += text[end];
        at = end + 1;
    }
    text = std::move(out);
}

static void hide_users_of_urls(std::string& text) {
    for (auto at = text.find("://"); at != std::string::npos; at = text.find("://", at + 3)) {
        auto end = std::min(text.find_first_of(" \t\r\n'\"<>/?#", at + 3), text.size());
        auto sign = text.rfind('@', end);
        if (sign == std::string::npos || sign < at + 3) continue;
        text.replace(at + 3, sign - at - 3, hidden);
    }
}

std::string scrubbed(std::string_view text) {
    std::string out;
    for (auto line : split(text, '\n')) {
        auto one = without_secrets(std::string(line));
        hide_users_of_urls(one);
        hide_queries(one);
        hide_named_values(one);
        hide_behind(one, "bearer ");
        hide_behind(one, "basic ");
        hide_long_runs(one);
        if (!out.empty() || line.data() != text.data()) out += '\n';
        out += one;
    }
    return out;
}

}  // namespace kustodrop::daemon
