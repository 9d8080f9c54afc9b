#pragma once

#include "http/message.hpp"
#include "simulation/universe.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace kustodrop::simulation {

/// Part of every secret, so that a leaked secret is found.
inline constexpr std::string_view canary = "CANARYk3y";

struct queued_message {
    std::string id;
    std::string text;
    std::string receipt;
    time_point visible_at{};
    wall_time inserted_at{};
    unsigned dequeues = 0;
    bool foreign = false;
};

/// The service's storage accounts: containers of blobs and queues of messages, by SAS.
class storage_model {
public:
    explicit storage_model(universe& world) : world_(world) {}

    /// What came into a queue that takes messages from clients.
    std::function<void(std::string text)> posted;

    void add_container(const std::string& place);
    void add_queue(const std::string& place);
    void remove(const std::string& place);

    /// The URL with a SAS that is valid for so long.
    std::string with_sas(std::string_view service, const std::string& place, duration life) const;

    http::response answer(const http::request& ask);

    /// The blob a message names; nothing if it cannot be read, and why.
    std::optional<std::string> read(const std::string& url, std::string& why) const;
    void erase_blob(const std::string& url);

    void put(const std::string& queue, std::string text, bool foreign);
    /// Another client takes a message that is visible, for a while or for good.
    void take_any(const std::string& queue, bool foreign, std::optional<duration> hidden_for);
    std::size_t waiting(const std::string& queue) const;

    duration skew{};  ///< The service's calendar against the true one.
    wall_time wall_now() const;

private:
    struct container {
        std::map<std::string, std::string> blobs;
        std::map<std::string, std::map<std::string, std::string>> blocks;
    };
    struct queue {
        std::vector<queued_message> messages;
    };
    struct address {
        std::string place;  // "account/container"
        std::string rest;   // "blob", "messages", "messages/ID"
    };

    static address address_of(const http::url& target);
    bool allowed(const http::url& target) const;
    http::response blob_answer(const http::request& ask, const address& where);
    http::response block_list(const container& in, const std::string& name) const;
    http::response queue_answer(const http::request& ask, const address& where);
    http::response take_post(const http::request& ask, const address& where);
    http::response hand_out(queue& from, const http::request& ask);
    http::response update_or_delete(queue& in, const http::request& ask, const address& where);

    universe& world_;
    std::map<std::string, container> containers_;
    std::map<std::string, queue> queues_;
    std::uint64_t numbers_ = 0;
};

/// An answer with the service's Date.
http::response plain_answer(unsigned status, wall_time date, std::string body = {});
http::response storage_refusal(unsigned status, std::string code, wall_time date);

}  // namespace kustodrop::simulation
