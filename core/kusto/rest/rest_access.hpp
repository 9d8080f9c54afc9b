#pragma once

#include "kusto/rest/rest_client.hpp"
#include "kusto/rest/transport_keeper.hpp"

namespace kustodrop::kusto {

/// Ingestion by REST as the pipeline uses it; empty where there is none.
struct rest_access {
    rest_client* client = nullptr;
    transport_keeper* transports = nullptr;

    explicit operator bool() const { return client && transports; }
};

}  // namespace kustodrop::kusto
