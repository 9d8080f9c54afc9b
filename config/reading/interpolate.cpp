#include "config/reading/interpolate.hpp"

#include "base/crypto/crypto.hpp"
#include "base/text.hpp"

namespace kustodrop::config {

static failure refused(std::string detail) {
    return {errc::not_allowed, remedy::reconfigure, std::move(detail)};
}

// What is well written and not to be had on this machine.
static failure unresolved(std::string detail) {
    return {errc::unreadable, remedy::reconfigure, std::move(detail)};
}

// A failure can also be made of a string, so the result must say that this is a value.
static result<std::string> found(std::string text) {
    return result<std::string>(boost::system::in_place_value, std::move(text));
}

static constexpr std::string_view name_characters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";

static bool consists_of(std::string_view text, std::string_view characters) {
    return !text.empty() && text.find_first_not_of(characters) == std::string_view::npos;
}

static result<std::string> variable(
    std::string_view reference, const environment& environment, interpolation& out
) {
    auto at = reference.find(":-");
    auto name = std::string(reference.substr(0, at));
    bool has_default = at != std::string_view::npos;
    if (!consists_of(name, name_characters) || (name[0] >= '0' && name[0] <= '9')) {
        return refused("names no variable in ${env:…}; use ${env:NAME}, ${env:NAME:-default}");
    }
    if (has_default && at + 2 < reference.size()) out.is_literal = true;
    auto value = environment.variable(name);
    // Shells set it, service managers do not.
    bool is_host = name == "HOSTNAME" && (!value || value->empty()) && !environment.host.empty();
    if (is_host) return found(environment.host);
    if (has_default && (!value || value->empty()))
        return found(std::string(reference.substr(at + 2)));
    if (!value) {
        return unresolved(
            "refers to the environment variable " + name + ", which is not set; set it or write " +
            "${env:" + name + ":-default}"
        );
    }
    out.variables.push_back(name);
    return found(*value);
}

namespace {

// Where references lead, and whether what they lead to is secret.
struct sources {
    const config::environment& environment;
    sensitivity kind;
};

}  // namespace

static result<std::string> content(const std::string& path, const sources& from) {
    bool guarded = from.kind == sensitivity::secret && from.environment.read_secret_file;
    auto read =
        guarded ? from.environment.read_secret_file(path) : from.environment.read_file(path);
    if (!read) return read.error();
    // Editors put a byte order mark in front and blanks behind; no secret has them.
    auto text = std::string_view(*read);
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    while (!text.empty() && std::string_view(" \t\r\n").find(text.back()) != text.npos) {
        text.remove_suffix(1);
    }
    std::string out(text);
    wipe(read->data(), read->size());
    return found(std::move(out));
}

static result<std::string> file(std::string_view path, const sources& from) {
    if (!path.starts_with('/')) {
        return refused("names no absolute path in ${file:…}; use ${file:/path}");
    }
    auto text = content(std::string(path), from);
    if (text) return text;
    return unresolved("refers to a file that cannot be read: " + text.error().detail);
}

static constexpr auto load_credential =
    "; give it with LoadCredential= in the unit, as kustodrop gen-dropin does";

static result<std::string> credential(std::string_view name, const sources& from) {
    auto& environment = from.environment;
    bool plain = consists_of(name, std::string(name_characters) + "-.") && name[0] != '.';
    if (!plain) {
        return refused(
            "names no credential in ${cred:…}; use ${cred:name} with letters, digits, - _ ."
        );
    }
    if (environment.credentials_directory.empty()) {
        return unresolved(
            "refers to the credential " + std::string(name) +
            ", but $CREDENTIALS_DIRECTORY is not set" + load_credential
        );
    }
    auto text = content(environment.credentials_directory + "/" + std::string(name), from);
    if (text) return text;
    return unresolved(
        "refers to the credential " + std::string(name) +
        ", which cannot be read: " + text.error().detail + load_credential
    );
}

static result<std::string> resolve(
    std::string_view reference, const sources& from, interpolation& out
) {
    if (reference == "host") {
        if (!from.environment.host.empty()) return found(from.environment.host);
        return unresolved("refers to the name of this machine, which is not known");
    }
    if (reference.starts_with("env:")) return variable(reference.substr(4), from.environment, out);
    if (reference.starts_with("file:")) return file(reference.substr(5), from);
    if (reference.starts_with("cred:")) return credential(reference.substr(5), from);
    return refused(
        "has an unknown ${…}; use ${env:NAME}, ${env:NAME:-default}, ${file:/path}, "
        "${cred:name}, ${host}, and $$ for a dollar sign"
    );
}

result<interpolation> interpolate(
    std::string_view text, const environment& environment, sensitivity kind
) {
    sources from{environment, kind};
    interpolation out;
    auto whole = text;
    while (!text.empty()) {
        if (text.starts_with("$$")) {
            out.text += '$';
            out.is_literal = true;
            text.remove_prefix(2);
        } else if (text.starts_with("${")) {
            auto end = text.find('}');
            if (end == std::string_view::npos) {
                return refused("has a ${ without its }; write $$ for a dollar sign");
            }
            auto reference = text.substr(2, end - 2);
            bool rereadable = reference.starts_with("file:") || reference.starts_with("cred:");
            out.can_reread = rereadable && end + 1 == whole.size();
            auto value = resolve(reference, from, out);
            if (!value) return value.error();
            out.text += *value;
            out.refers = true;
            text.remove_prefix(end + 1);
        } else {
            out.text += text.front();
            out.is_literal = true;
            text.remove_prefix(1);
        }
    }
    return out;
}

void conceal(const interpolation& found, const environment& environment) {
    if (!environment.conceal) return;
    for (auto& name : found.variables) environment.conceal(name);
}

}  // namespace kustodrop::config
