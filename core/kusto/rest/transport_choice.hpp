#pragma once

#include "kusto/rest/rest_settings.hpp"

#include <optional>
#include <string_view>

namespace kustodrop::kusto {

/// How asking for the ingestion configuration ended.
struct settings_answer {
    unsigned status = 0;                         // 0: there was no answer.
    std::optional<rest_settings> settings = {};  // With 200; nothing where it could not be read.
    std::optional<duration> retry_after = {};
};

enum class choice_reason {
    preferred,      // The service says so.
    not_supported,  // 404: a cluster without ingestion by REST.
    refused,        // Another permanent answer, such as 403.
    unknown_yet,    // No answer so far: what works with every cluster.
    kept,           // No answer now: the last decision holds.
    configured,     // `cluster.transport` says so.
};

struct transport_choice {
    transport chosen = transport::queued;
    choice_reason reason = choice_reason::unknown_yet;
    duration ask_again{};  // From now.
    friend bool operator==(const transport_choice&, const transport_choice&) = default;
};

/// What `transport: auto` means after an answer (docs/protocol.md §3.4): the service's preference,
/// queued where it has none or refuses to say, and in an outage what was decided last.
transport_choice choose_transport(const settings_answer& answer, std::optional<transport> last);

std::string_view to_string(transport);
std::string_view to_string(choice_reason);

}  // namespace kustodrop::kusto
