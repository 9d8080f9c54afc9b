#pragma once

#include "config/settings.hpp"

#include <string>
#include <vector>

namespace kustodrop::daemon {

/// What a hardened unit must be opened to.
struct dropin_facts {
    std::string config_path;
    std::vector<std::string> folders;  // That the daemon writes: drop folders, state directory.
    std::vector<std::string> read_folders = {};  // That it only reads: of followed logs.
    std::vector<std::string> mounts;  // That must be mounted first: all these, and the usual ones.
    std::vector<std::string> credentials;  // The names of ${cred:NAME}.
};

dropin_facts dropin_facts_of(
    const config::settings& settings, std::string config_path, std::string_view config_text
);

/// The drop-in for kustodrop.service that opens those folders, has them mounted before it starts
/// and hands over those credentials (systemd.unit(5), systemd.exec(5)). Folders below /home, /root,
/// /run/user, /tmp and /var/tmp, which the unit does not see at all, are bound into it. Pure.
std::string dropin_text(const dropin_facts& facts);

/// The names in ${cred:NAME} outside of comments, each once, in their order. Pure.
std::vector<std::string> credentials_in(std::string_view config_text);

}  // namespace kustodrop::daemon
