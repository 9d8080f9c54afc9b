#pragma once

#include "async/clock.hpp"
#include "base/random.hpp"
#include "emulator/storage/sas.hpp"
#include "emulator/storage/storage_database.hpp"
#include "http/url.hpp"

#include <map>
#include <string>
#include <vector>

namespace kustodrop::emulator {

struct layout_options {
    unsigned accounts = 2;
    unsigned containers = 4;  // Of each account.
    unsigned queues = 4;      // Of each account.
    std::string notification_permissions = "rup";
    unsigned success_queues = 1;       // Notification queues, one in each account, of equal names;
    unsigned failure_queues = 1;       // none: outcomes of that kind are not reported.
    bool sas_without_seconds = false;  // "2026-08-22T10:00Z" in st and se.
    std::string container_sas_version = "2018-03-28";    // As seen (docs/protocol.md §3.2).
    std::map<std::string, std::string> given_keys = {};  // Another storage's accounts: name, key.
};

/// Where the three storage services answer: "http://127.0.0.1:10081".
struct storage_endpoints {
    std::string blob;
    std::string queue;
    std::string table;
};

/// One row of `.get ingestion resources`.
struct storage_resource {
    std::string type;  // "TempStorage", "SecuredReadyForAggregationQueue", …
    storage_service service = storage_service::blob;
    std::string account;
    std::string name;
    std::string permissions;  // What a client's SAS allows.
};

/// Which containers, queues and tables there are, in which accounts, and the keys that sign for
/// them. Remembered in the database, so that what was handed out outlives a restart.
class layout {
public:
    layout(clock& clock, storage_database& database, layout_options options);

    const std::vector<storage_resource>& resources() const { return resources_; }
    const std::vector<std::string>& accounts() const { return accounts_; }
    bool exists(storage_service service, std::string_view account, std::string_view name) const;

    /// The account's key in base64; empty for an unknown account.
    std::string_view key_of(std::string_view account) const;

    /// A resource's address with a fresh SAS; empty permissions mean those of its row.
    http::url address(const storage_resource& resource, std::string permissions, duration lifetime)
        const;

    /// The account's own root with an account SAS of full rights.
    http::url account_address(storage_service service, const std::string& account) const;

    void set_endpoints(storage_endpoints endpoints) { endpoints_ = std::move(endpoints); }

    void rotate_keys();        ///< Every SAS handed out so far is void.
    void rotate_containers();  ///< New ones take the place of those there are.

private:
    void name_resources();
    const std::string& endpoint(storage_service service) const;

    clock& clock_;
    storage_database& database_;
    layout_options options_;
    storage_endpoints endpoints_;
    std::vector<std::string> accounts_;
    std::map<std::string, std::string, std::less<>> keys_;
    std::vector<storage_resource> resources_;
};

}  // namespace kustodrop::emulator
