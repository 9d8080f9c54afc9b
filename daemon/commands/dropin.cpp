#include "daemon/commands/dropin.hpp"

#include "base/text.hpp"
#include "config/clusters.hpp"

#include <algorithm>
#include <array>

namespace kustodrop::daemon {

// Hidden by ProtectHome= and replaced by PrivateTmp=.
static constexpr std::array unseen{"/home", "/root", "/run/user", "/tmp", "/var/tmp"};

static bool lies_in(std::string_view path, std::string_view folder) {
    return path == folder ||
           (path.starts_with(folder) && path.size() > folder.size() && path[folder.size()] == '/');
}

static void add_once(std::vector<std::string>& list, std::string item) {
    if (std::ranges::find(list, item) == list.end()) list.push_back(std::move(item));
}

std::vector<std::string> credentials_in(std::string_view config_text) {
    static constexpr std::string_view sign = "${cred:";
    std::vector<std::string> names;
    for (auto line : split(config_text, '\n')) {
        // YAML: a comment begins at "#" after a blank or at the line's start.
        for (std::size_t at = 0; at < line.size(); ++at) {
            bool comment = line[at] == '#' && (at == 0 || line[at - 1] == ' ');
            if (comment) break;
            if (!line.substr(at).starts_with(sign)) continue;
            auto rest = line.substr(at + sign.size());
            auto end = rest.find('}');
            if (end != std::string_view::npos) add_once(names, std::string(rest.substr(0, end)));
        }
    }
    return names;
}

dropin_facts dropin_facts_of(
    const config::settings& settings, std::string config_path, std::string_view config_text
) {
    dropin_facts facts;
    facts.config_path = std::move(config_path);
    // The unit opens these by itself.
    auto add = [&](const std::string& folder, std::vector<std::string>& list) {
        bool open =
            lies_in(folder, "/var/lib/kustodrop") || lies_in(folder, "/var/spool/kustodrop");
        if (!open) add_once(list, folder);
        add_once(facts.mounts, folder);
    };
    add(settings.state_directory, facts.folders);
    for (auto& watch : settings.watches) {
        bool is_followed = watch.kind == pipeline::watch_kind::follow;
        add(watch.path, is_followed ? facts.read_folders : facts.folders);
    }
    facts.credentials = credentials_in(config_text);
    // A default is not in the text.
    for (auto& cluster : config::cluster_names(settings)) {
        auto auth = config::settings_at(settings, cluster).auth;
        for (auto& name : credentials_in(auth.client_secret_source)) {
            add_once(facts.credentials, name);
        }
    }
    return facts;
}

// As systemd.syntax(7) and systemd.unit(5) want it: quoted where it must be, % doubled.
static std::string line(std::string_view key, std::string_view path, std::string_view before = {}) {
    // Behind a colon stands where a folder is bound to.
    bool is_bound = key.starts_with("Bind");
    std::string value(before);
    for (char c : path) {
        if (c == '%') value += '%';
        if (c == '"' || c == '\\' || (c == ':' && is_bound)) value += '\\';
        value += c;
    }
    bool plain = path.find_first_of(" '\"\\;") == std::string_view::npos;
    return std::string(key) + "=" + (plain ? value : "\"" + value + "\"") + "\n";
}

std::string dropin_text(const dropin_facts& facts) {
    static constexpr std::string_view if_there = "-";  // Others must not wait for it.
    std::string mounts;
    for (auto& folder : facts.mounts) mounts += line("RequiresMountsFor", folder);
    std::string bound;
    std::string opened;
    bool in_home = false;
    auto open = [&](const std::string& folder, std::string_view bind, std::string_view key) {
        auto hides = [&](auto* place) { return lies_in(folder, place); };
        if (std::ranges::any_of(unseen, hides)) {
            bound += line(bind, folder, if_there);
            in_home = in_home || !(lies_in(folder, "/tmp") || lies_in(folder, "/var/tmp"));
        } else {
            opened += line(key, folder, if_there);
        }
    };
    for (auto& folder : facts.folders) open(folder, "BindPaths", "ReadWritePaths");
    for (auto& folder : facts.read_folders) open(folder, "BindReadOnlyPaths", "ReadOnlyPaths");
    std::string out =
        "# Opens kustodrop.service to what " + printable(facts.config_path) +
        " names. As root:\n"
        "#   mkdir -p /etc/systemd/system/kustodrop.service.d\n"
        "#   kustodrop gen-dropin > /etc/systemd/system/kustodrop.service.d/folders.conf\n"
        "#   systemctl daemon-reload && systemctl restart kustodrop\n";
    // Otherwise the daemon would start with an empty folder where a disk is mounted later.
    if (!mounts.empty()) out += "[Unit]\n" + mounts;
    out += "[Service]\n";
    // Empty instead of hidden, so that single folders can be bound into it.
    if (in_home) out += "ProtectHome=tmpfs\n";
    out += bound + opened;
    for (auto& name : facts.credentials) {
        auto from = name + ":/etc/kustodrop/credentials/" + name;
        out += "LoadCredential=" + from + "\n";
    }
    return out;
}

}  // namespace kustodrop::daemon
