#pragma once

#include "config/settings.hpp"

#include <array>
#include <optional>
#include <string_view>
#include <utility>

/// The words of every choice, once: to_string and the reader both go by these tables.
namespace kustodrop::config {

template <class E>
struct word {
    std::string_view text;
    E value;
};

template <class E>
inline constexpr std::array<word<E>, 0> words{};

template <>
inline constexpr auto words<auth_kind> = std::to_array<word<auth_kind>>({
    {"client_secret", auth_kind::client_secret},
    {"client_certificate", auth_kind::client_certificate},
    {"managed_identity", auth_kind::managed_identity},
    {"workload_identity", auth_kind::workload_identity},
    {"azure_cli", auth_kind::azure_cli},
});
template <>
inline constexpr auto words<assertion_algorithm> = std::to_array<word<assertion_algorithm>>({
    {"auto", assertion_algorithm::automatic},
    {"ps256", assertion_algorithm::ps256},
    {"rs256", assertion_algorithm::rs256},
});
template <>
inline constexpr auto words<watch_mode> = std::to_array<word<watch_mode>>({
    {"auto", watch_mode::automatic},
    {"inotify", watch_mode::inotify},
    {"poll", watch_mode::poll},
});
template <>
inline constexpr auto words<claim_mode> = std::to_array<word<claim_mode>>({
    {"auto", claim_mode::automatic},
    {"rename", claim_mode::rename},
    {"in_place", claim_mode::in_place},
});
template <>
inline constexpr auto words<on_success> = std::to_array<word<on_success>>({
    {"archive", on_success::archive},
    {"delete", on_success::remove},
    {"keep", on_success::keep},
});
template <>
inline constexpr auto words<on_failure> = std::to_array<word<on_failure>>({
    {"quarantine", on_failure::quarantine},
    {"keep", on_failure::keep},
});
template <>
inline constexpr auto words<on_unconfirmed> = std::to_array<word<on_unconfirmed>>({
    {"keep", on_unconfirmed::keep},
    {"archive", on_unconfirmed::archive},
    {"repost", on_unconfirmed::repost},
});
template <>
inline constexpr auto words<act_after> = std::to_array<word<act_after>>({
    {"outcome", act_after::outcome},
    {"posted", act_after::posted},
});
template <>
inline constexpr auto words<deduplicate> = std::to_array<word<deduplicate>>({
    {"off", deduplicate::off},
    {"tags", deduplicate::tags},
});
template <>
inline constexpr auto words<compression> = std::to_array<word<compression>>({
    {"fast", compression::fast},
    {"dense", compression::dense},
    {"none", compression::none},
});
template <>
inline constexpr auto words<report_level> = std::to_array<word<report_level>>({
    {"all", report_level::all},
    {"failures", report_level::failures},
    {"none", report_level::none},
});
template <>
inline constexpr auto words<report_method> = std::to_array<word<report_method>>({
    {"queue", report_method::queue},
    {"table", report_method::table},
});
template <>
inline constexpr auto words<foreign_messages> = std::to_array<word<foreign_messages>>({
    {"leave", foreign_messages::leave},
    {"discard", foreign_messages::discard},
});
template <>
inline constexpr auto words<drain_scope> = std::to_array<word<drain_scope>>({
    {"requests", drain_scope::requests},
    {"folder", drain_scope::folder},
});
template <>
inline constexpr auto words<tls_version> = std::to_array<word<tls_version>>({
    {"1.2", tls_version::tls_1_2},
    {"1.3", tls_version::tls_1_3},
});
template <>
inline constexpr auto words<log_level> = std::to_array<word<log_level>>({
    {"error", log_level::error},
    {"warning", log_level::warning},
    {"info", log_level::info},
    {"debug", log_level::debug},
    {"trace", log_level::trace},
});
template <>
inline constexpr auto words<std::optional<log_format>> =
    std::to_array<word<std::optional<log_format>>>({
        {"auto", std::nullopt},
        {"text", log_format::text},
        {"journald", log_format::journald},
        {"json", log_format::json},
    });
template <>
inline constexpr auto words<data_format> = std::to_array<word<data_format>>({
    {"csv", data_format::csv},
    {"tsv", data_format::tsv},
    {"scsv", data_format::scsv},
    {"sohsv", data_format::sohsv},
    {"psv", data_format::psv},
    {"txt", data_format::txt},
    {"tsve", data_format::tsve},
    {"raw", data_format::raw},
    {"json", data_format::json},
    {"multijson", data_format::multijson},
    {"avro", data_format::avro},
    {"apacheavro", data_format::apacheavro},
    {"parquet", data_format::parquet},
    {"orc", data_format::orc},
    {"sstream", data_format::sstream},
    {"w3clogfile", data_format::w3clogfile},
});

template <class E>
constexpr std::string_view word_for(E value) {
    for (auto& word : words<E>) {
        if (word.value == value) return word.text;
    }
    return "?";
}

template <class E>
constexpr std::optional<E> value_of(std::string_view text) {
    for (auto& word : words<E>) {
        if (word.text == text) return word.value;
    }
    return std::nullopt;
}

}  // namespace kustodrop::config
