#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kustodrop::http {

/// An absolute http or https URL without userinfo or fragment. Path and query keep their bytes
/// exactly as they came, which a SAS signature needs (docs/protocol.md §3.2). The query is secret:
/// redacted() is the only way to print one, reveal() the only way to the whole.
class url {
public:
    url() = default;

    /// Nothing unless `text` is such a URL. The host comes out in lower case, without brackets.
    /// A trailing dot is refused: "a.b." is not a URL here.
    static std::optional<url> parse(std::string_view text);

    bool is_https() const { return https_; }
    const std::string& host() const { return host_; }    // Lower case; IPv6 without brackets.
    std::uint16_t port() const { return port_; }         // The scheme's own when none was given.
    const std::string& path() const { return path_; }    // Encoded; begins with "/".
    const std::string& query() const { return query_; }  // Encoded, without "?". Secret.
    std::string authority() const;                       // "host" or "host:port", for Host.
    std::string origin() const;                          // "https://host" or with the port.
    std::string target() const;                          // Path and query. Secret.

    /// The value of a query parameter, percent-decoded.
    std::optional<std::string> parameter(std::string_view name) const;

    /// The same place with `segments` (already encoded) added to the path, query unchanged.
    url with_path_suffix(std::string_view segments) const;
    /// With `parameters` ("comp=block&…", already encoded) added after the query as it is.
    url with_parameters(std::string_view parameters) const;
    url with_path(std::string_view path) const;  ///< Another path on the same origin, no query.
    url without_query() const;

    std::string place() const;     ///< Origin and path: what may be printed.
    std::string redacted() const;  ///< The same, with "?…" if there is a query.
    std::string reveal() const;    ///< Everything.

    bool is_loopback() const;  ///< localhost, *.localhost, 127.0.0.0/8, ::1.

    friend bool operator==(const url&, const url&) = default;

private:
    void add_authority(std::string& to) const;
    std::string origin_and(std::string_view path, std::string_view rest) const;

    bool https_ = true;
    std::string host_;
    std::uint16_t port_ = 443;
    std::string path_ = "/";
    std::string query_;
};

}  // namespace kustodrop::http
