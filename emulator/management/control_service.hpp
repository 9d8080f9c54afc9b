#pragma once

#include "async/clock.hpp"
#include "async/offload.hpp"
#include "emulator/front/gateway.hpp"
#include "emulator/front/proxy_control.hpp"
#include "emulator/identity/token_issuer.hpp"
#include "emulator/identity/token_service.hpp"
#include "emulator/ingest/ingestor.hpp"
#include "emulator/management/management_service.hpp"
#include "emulator/storage/blobs/blob_files.hpp"
#include "emulator/storage/queue_store.hpp"

namespace kustodrop::emulator {

/// Everything below /control: what tests inspect and change.
class control_service {
public:
    struct parts {
        clock& time;
        worker_pool& pool;
        emulator::gateway& gateway;
        emulator::layout& layout;
        storage_database& database;
        const blob_files& files;
        queue_store& queues;
        token_issuer& tokens;
        token_service& sign_in;
        management_service& management;
        emulator::ingestor* ingestor;  // None with --no-ingestor.
        // Makes another storage's containers after a rotation; empty with our own.
        std::function<asio::awaitable<bool>()> make_resources;
        std::function<std::uint64_t()> connections;
        proxy_control proxy = {};
    };
    explicit control_service(parts parts) : p_(std::move(parts)) {}

    asio::awaitable<http::reply> answer(const exchange& one);

private:
    http::response act(const exchange& one);
    asio::awaitable<http::response> blobs();
    asio::awaitable<http::response> rotate();
    http::response stats() const;
    http::response messages(const exchange& one);
    http::response notifications();
    http::response add_faults(const exchange& one);
    http::response inject(const exchange& one);
    http::response set_lifetimes(const exchange& one);
    http::response assertions() const;
    http::response set_identity(const exchange& one);
    http::response pause(const exchange& one);
    http::response steer_proxy(const exchange& one);
    std::vector<queue_place> notification_queues(std::string_view type) const;

    parts p_;
};

}  // namespace kustodrop::emulator
