#pragma once

#include "config/settings.hpp"

#include <array>
#include <optional>
#include <string_view>

/// The names of every choice, once: for reading, for messages and for what is generated.
namespace kustodrop::config {

/// A value and how the configuration spells it.
template <class T>
struct choice {
    std::string_view name;
    T value;
};

inline constexpr auto auth_kinds = std::to_array<choice<auth_kind>>({
    {"client_secret", auth_kind::client_secret},
    {"client_certificate", auth_kind::client_certificate},
    {"managed_identity", auth_kind::managed_identity},
    {"workload_identity", auth_kind::workload_identity},
    {"azure_cli", auth_kind::azure_cli},
});
inline constexpr auto assertion_algorithms = std::to_array<choice<assertion_algorithm>>({
    {"auto", assertion_algorithm::automatic},
    {"ps256", assertion_algorithm::ps256},
    {"rs256", assertion_algorithm::rs256},
});
inline constexpr auto transports = std::to_array<choice<kusto::transport_wish>>({
    {"auto", kusto::transport_wish::automatic},
    {"queued", kusto::transport_wish::queued},
    {"rest", kusto::transport_wish::rest},
});
inline constexpr auto watch_kinds = std::to_array<choice<pipeline::watch_kind>>({
    {"drop", pipeline::watch_kind::drop},
    {"follow", pipeline::watch_kind::follow},
});
inline constexpr auto start_places = std::to_array<choice<pipeline::start_place>>({
    {"beginning", pipeline::start_place::beginning},
    {"end", pipeline::start_place::end},
});
inline constexpr auto record_kinds = std::to_array<choice<spool::record_kind>>({
    {"lines", spool::record_kind::lines},
    {"cri", spool::record_kind::cri},
    {"docker", spool::record_kind::docker},
    {"unindented", spool::record_kind::unindented},
    {"starts_with", spool::record_kind::starts_with},
});
inline constexpr auto watch_modes = std::to_array<choice<pipeline::watch_mode>>({
    {"auto", pipeline::watch_mode::automatic},
    {"inotify", pipeline::watch_mode::inotify},
    {"poll", pipeline::watch_mode::poll},
});
inline constexpr auto claim_modes = std::to_array<choice<pipeline::claim_mode>>({
    {"auto", pipeline::claim_mode::automatic},
    {"rename", pipeline::claim_mode::rename},
    {"in_place", pipeline::claim_mode::in_place},
});
inline constexpr auto success_actions = std::to_array<choice<pipeline::success_action>>({
    {"archive", pipeline::success_action::archive},
    {"delete", pipeline::success_action::delete_},
    {"keep", pipeline::success_action::keep},
});
inline constexpr auto failure_actions = std::to_array<choice<pipeline::failure_action>>({
    {"quarantine", pipeline::failure_action::quarantine},
    {"keep", pipeline::failure_action::keep},
});
inline constexpr auto unconfirmed_actions = std::to_array<choice<pipeline::unconfirmed_action>>({
    {"keep", pipeline::unconfirmed_action::keep},
    {"archive", pipeline::unconfirmed_action::archive},
    {"repost", pipeline::unconfirmed_action::repost},
});
inline constexpr auto act_times = std::to_array<choice<pipeline::act_time>>({
    {"outcome", pipeline::act_time::outcome},
    {"posted", pipeline::act_time::posted},
});
inline constexpr auto deliveries = std::to_array<choice<pipeline::delivery_way>>({
    {"queued", pipeline::delivery_way::queued},
    {"streaming", pipeline::delivery_way::streaming},
});
inline constexpr auto deduplications = std::to_array<choice<bool>>({
    {"off", false},
    {"tags", true},
});
inline constexpr auto compressions = std::to_array<choice<spool::compression>>({
    {"fast", spool::compression::fast},
    {"dense", spool::compression::dense},
    {"none", spool::compression::none},
});
inline constexpr auto report_levels = std::to_array<choice<kusto::report_level>>({
    {"all", kusto::report_level::all},
    {"failures", kusto::report_level::failures},
    {"none", kusto::report_level::none},
});
inline constexpr auto report_methods = std::to_array<choice<kusto::report_method>>({
    {"queue", kusto::report_method::queue},
    {"table", kusto::report_method::table},
});
/// Of messages that are not ours: true where they are deleted.
inline constexpr auto foreign_messages = std::to_array<choice<bool>>({
    {"leave", false},
    {"discard", true},
});
inline constexpr auto drain_scopes = std::to_array<choice<drain_scope>>({
    {"requests", drain_scope::requests},
    {"folder", drain_scope::folder},
});
inline constexpr auto fleet_source_choices = std::to_array<choice<fleet_sources>>({
    {"failures", fleet_sources::failures},
    {"all", fleet_sources::all},
});
inline constexpr auto tls_versions = std::to_array<choice<http::tls_version>>({
    {"1.2", http::tls_version::v1_2},
    {"1.3", http::tls_version::v1_3},
});
inline constexpr auto log_levels = std::to_array<choice<log_level>>({
    {"error", log_level::error},
    {"warning", log_level::warning},
    {"info", log_level::info},
    {"debug", log_level::debug},
    {"trace", log_level::trace},
});
inline constexpr auto log_formats = std::to_array<choice<std::optional<log_format>>>({
    {"auto", std::nullopt},
    {"text", log_format::text},
    {"journald", log_format::journald},
    {"json", log_format::json},
});

inline constexpr auto watch_priorities = std::to_array<choice<pipeline::watch_priority>>({
    {"high", pipeline::watch_priority::high},
    {"normal", pipeline::watch_priority::normal},
    {"low", pipeline::watch_priority::low},
});

/// Made from the formats' own names.
inline std::array<choice<kusto::data_format>, kusto::every_data_format.size()> data_formats() {
    std::array<choice<kusto::data_format>, kusto::every_data_format.size()> out{};
    for (std::size_t i = 0; i < out.size(); ++i) {
        auto format = kusto::every_data_format[i];
        out[i] = {kusto::to_string(format), format};
    }
    return out;
}

}  // namespace kustodrop::config
