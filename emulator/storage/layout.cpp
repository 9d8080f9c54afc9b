#include "emulator/storage/layout.hpp"

#include "base/crypto/crypto.hpp"
#include "base/text.hpp"

#include <algorithm>

namespace kustodrop::emulator {

static constexpr std::size_t key_bytes = 64;
static constexpr std::chrono::hours clock_skew{
    1};  // The service dates a SAS back (docs/protocol.md §3.2).

layout::layout(clock& clock, storage_database& database, layout_options options)
    : clock_(clock), database_(database), options_(std::move(options)) {
    for (auto& [name, key] : options_.given_keys) {
        accounts_.push_back(name);
        keys_[name] = key;
    }
    for (unsigned i = 1; options_.given_keys.empty() && i <= options_.accounts; ++i) {
        auto name = "emulator" + std::to_string(i);
        auto known = database_.fact("key." + name);
        keys_[name] = known.value_or("");
        accounts_.push_back(std::move(name));
        if (!known) rotate_keys();
    }
    if (!database_.fact("containers")) {
        rotate_containers();
    } else {
        name_resources();
    }
}

void layout::rotate_keys() {
    if (!options_.given_keys.empty()) return;  // They belong to another storage.
    for (auto& [name, key] : keys_) {
        key = base64_encode(random_bytes(key_bytes));
        database_.put_fact("key." + name, key);
    }
}

void layout::rotate_containers() {
    auto date = to_iso8601(clock_.wall_now()).substr(0, 10);
    date.erase(std::remove(date.begin(), date.end(), '-'), date.end());
    database_.put_fact("containers", date + "-ingestdata-" + hex_encode(random_bytes(7)));
    name_resources();
}

void layout::name_resources() {
    auto prefix = database_.fact("containers").value_or("") + "-";
    resources_.clear();
    auto add = [this](
                   std::string type,
                   storage_service service,
                   std::string account,
                   std::string name,
                   std::string permissions
               ) {
        resources_.push_back(
            {std::move(type), service, std::move(account), std::move(name), std::move(permissions)}
        );
    };
    for (auto& account : accounts_) {
        for (unsigned n = 0; n < options_.queues; ++n) {
            auto name = "readyforaggregation-secured-" + std::to_string(n);
            add("SecuredReadyForAggregationQueue", storage_service::queue, account, name, "a");
        }
    }
    auto add_notification_queues = [&](unsigned count, std::string type, std::string name) {
        for (std::size_t i = 0; i < count && i < accounts_.size(); ++i) {
            add(type, storage_service::queue, accounts_[i], name, options_.notification_permissions
            );
        }
    };
    add_notification_queues(
        options_.success_queues, "SuccessfulIngestionsQueue", "successful-ingestions"
    );
    add_notification_queues(options_.failure_queues, "FailedIngestionsQueue", "failed-ingestions");
    for (auto& account : accounts_) {
        for (unsigned n = 0; n < options_.containers; ++n) {
            add("TempStorage", storage_service::blob, account, prefix + std::to_string(n), "rw");
        }
    }
    auto& first = accounts_.front();
    add("IngestionsStatusTable", storage_service::table, first, "ingestionsstatus", "raud");
}

bool layout::exists(storage_service service, std::string_view account, std::string_view name)
    const {
    for (auto& one : resources_) {
        if (one.service == service && one.account == account && one.name == name) return true;
    }
    return false;
}

std::string_view layout::key_of(std::string_view account) const {
    auto found = keys_.find(account);
    return found == keys_.end() ? std::string_view() : std::string_view(found->second);
}

const std::string& layout::endpoint(storage_service service) const {
    if (service == storage_service::blob) return endpoints_.blob;
    return service == storage_service::queue ? endpoints_.queue : endpoints_.table;
}

http::url layout::address(
    const storage_resource& resource, std::string permissions, duration lifetime
) const {
    sas_grant grant;
    grant.service = resource.service;
    grant.account = resource.account;
    grant.resource = resource.name;
    grant.permissions = permissions.empty() ? resource.permissions : std::move(permissions);
    grant.without_seconds = options_.sas_without_seconds;
    auto now = clock_.wall_now();
    grant.start = now - clock_skew;
    grant.expiry = now + std::chrono::duration_cast<std::chrono::microseconds>(lifetime);
    // As seen on real resources (docs/protocol.md §3.2).
    if (resource.service == storage_service::queue) grant.version = "2022-11-02";
    if (resource.service == storage_service::blob) grant.version = options_.container_sas_version;
    auto text = endpoint(resource.service) + "/" + resource.account + "/" + resource.name + "?" +
                service_sas(grant, key_of(resource.account));
    return http::url::parse(text).value();
}

http::url layout::account_address(storage_service service, const std::string& account) const {
    account_sas_grant grant;
    grant.account = account;
    auto now = clock_.wall_now();
    grant.start = now - clock_skew;
    grant.expiry = now + std::chrono::hours(24);
    auto text = endpoint(service) + "/" + account + "?" + account_sas(grant, key_of(account));
    return http::url::parse(text).value();
}

}  // namespace kustodrop::emulator
