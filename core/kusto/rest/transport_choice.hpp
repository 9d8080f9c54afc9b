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
    refused,        // Another permanent answer, such as 403, or posts find nothing there.
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

/// For how long posts go as queue messages because those by REST are refused for a reason that only
/// a person can remove: 15 min, then twice as long each time, 4 h at most. Pure.
class rest_withdrawal {
public:
    /// Posts were refused. True: that is the beginning, and it is worth a line in the log.
    bool refused(time_point now);

    /// A post was accepted. True: it had been withdrawn before.
    bool accepted();

    bool is_on(time_point now) const { return until_ && now < *until_; }

    /// When REST is tried again; nothing: it was not withdrawn.
    std::optional<time_point> until() const { return until_; }

private:
    std::optional<time_point> refused_at_;  // The first refusal since a post was accepted.
    std::optional<time_point> until_;
    duration pause_{};
};

/// What `transport: auto` means after an answer (docs/protocol.md §3.4): the service's preference,
/// queued where it has none or refuses to say, and in an outage what was decided last.
transport_choice choose_transport(const settings_answer& answer, std::optional<transport> last);

std::string_view to_string(transport);
std::string_view to_string(choice_reason);

}  // namespace kustodrop::kusto
