#include "config/changes.hpp"

#include <algorithm>
#include <functional>

namespace kustodrop::config {

bool changes::empty() const { return *this == changes(); }

using pipeline::outcomes_options;

namespace {

/// One section of the file: first the keys that are taken at once, then those that wait.
template <class Section>
class comparison {
public:
    comparison(std::string name, Section& in_force, const Section& wanted, changes& found)
        : name_(std::move(name)), in_force_(in_force), wanted_(wanted), found_(found) {}

    template <class Member>
    comparison& at_once(const char* key, Member member) {
        auto& in_force = std::invoke(member, in_force_);
        auto& wanted = std::invoke(member, wanted_);
        if (in_force != wanted) found_.keys.push_back(name_ + "." + key);
        in_force = wanted;
        return *this;
    }

    template <class Member>
    comparison& at_restart(const char* key, Member member) {
        if (std::invoke(member, in_force_) == std::invoke(member, wanted_)) return *this;
        found_.at_restart.push_back(name_ + "." + key);
        named_ = true;
        return *this;
    }

    void finish() {
        if (!named_ && in_force_ != wanted_) found_.at_restart.push_back(name_);
    }

private:
    std::string name_;
    Section& in_force_;
    const Section& wanted_;
    changes& found_;
    bool named_ = false;
};

void compare_watches(const settings& before, const settings& after, changes& found) {
    auto named = [](const settings& all, const std::string& name) {
        auto at = std::ranges::find(all.watches, name, &watch_options::name);
        return at == all.watches.end() ? nullptr : &*at;
    };
    for (auto& now : after.watches) {
        auto* then = named(before, now.name);
        if (!then) {
            found.added.push_back(now.name);
        } else if (then->path != now.path || then->claim != now.claim) {
            found.moved.push_back(now.name);
        } else if (*then != now) {
            found.adjusted.push_back(now.name);
        }
    }
    for (auto& then : before.watches) {
        if (!named(after, then.name)) found.removed.push_back(then.name);
    }
}

}  // namespace

changes adopt(settings& in_force, const settings& wanted) {
    changes found;
    compare_watches(in_force, wanted, found);
    in_force.watches = wanted.watches;
    if (in_force.state_directory != wanted.state_directory) {
        found.at_restart.emplace_back("state_directory");
    }
    comparison("cluster", in_force.cluster, wanted.cluster, found)
        .at_once(
            "ingestion_resources_refresh_interval",
            &cluster_settings::ingestion_resources_refresh_interval
        )
        .at_once("trusted_hosts", &cluster_settings::trusted_hosts)
        .at_once("trusted_storage_hosts", &cluster_settings::trusted_storage_hosts)
        .at_restart("ingestion_endpoint", &cluster_settings::ingestion_endpoint)
        .finish();
    // Credentials are taken whole: half of a new identity is none.
    if (in_force.auth != wanted.auth) found.keys.emplace_back("auth");
    in_force.auth = wanted.auth;
    comparison("upload", in_force.upload, wanted.upload, found)
        .at_once(
            "compression", [](auto& of) -> auto& { return of.shipper.how; }
        )
        .at_once(
            "repost_after", [](auto& of) -> auto& { return of.shipper.repost_after; }
        )
        .at_restart("concurrency", &upload_settings::concurrency)
        .at_restart("memory", &upload_settings::memory_bytes)
        .at_restart(
            "block_size", [](auto& of) -> auto& { return of.shipper.block_bytes; }
        )
        .finish();
    comparison("notifications", in_force.notifications, wanted.notifications, found)
        .at_once("report_level", &outcomes_options::reports)
        .at_once("poll_interval", &outcomes_options::poll_interval)
        .at_once("foreign_messages", &outcomes_options::discard_foreign)
        .at_once("outcome_timeout", &outcomes_options::outcome_timeout)
        .at_restart("report_method", &outcomes_options::method)
        .finish();
    comparison("retention", in_force.retention, wanted.retention, found)
        .at_once("archive_for", &retention_settings::archive_for)
        .at_once("archive_bytes", &retention_settings::archive_bytes)
        .at_once("journal_for", &retention_settings::journal_for)
        .at_once("min_free", &retention_settings::min_free_percent)
        .finish();
    comparison("network", in_force.network, wanted.network, found)
        .at_restart("proxy", &network_settings::proxy)
        .at_restart("ca_file", &network_settings::ca_file)
        .at_restart("min_tls", &network_settings::min_tls)
        .at_restart("connect_timeout", &network_settings::connect_timeout)
        .at_restart("io_timeout", &network_settings::io_timeout)
        .finish();
    comparison("drain", in_force.drain, wanted.drain, found)
        .at_once("scope", &drain_settings::scope)
        .at_once("timeout", &drain_settings::timeout)
        .finish();
    comparison("admin", in_force.admin, wanted.admin, found)
        .at_restart("listen", &admin_settings::listen)
        .at_restart("http", &admin_settings::http)
        .finish();
    comparison("log", in_force.log, wanted.log, found)
        .at_once("level", &log_settings::level)
        .at_restart("format", &log_settings::format)
        .finish();
    return found;
}

}  // namespace kustodrop::config
