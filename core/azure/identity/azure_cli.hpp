#pragma once

#include "async/child.hpp"
#include "async/clock.hpp"
#include "async/offload.hpp"
#include "azure/identity/token_source.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace kustodrop::azure {

struct azure_cli_options {
    std::string tenant_id;  // Empty: the one that az is signed in to.
    // Runs a command to its end, on another thread.
    std::function<result<child_output>(const std::vector<std::string>& command)> run;
    unsigned threads = 1;  // None: the command runs inline, for tests.
};

/// Tokens of the account signed in with `az login` (docs/protocol.md §1.4): for people at a
/// terminal, so for `send` and `check` only; the daemon starts no programs.
class azure_cli_source final : public token_source {
public:
    azure_cli_source(clock& clock, azure_cli_options options)
        : clock_(clock), options_(std::move(options)), pool_(options_.threads) {}

    asio::awaitable<result<access_token>> fetch(authority authority) override;

private:
    clock& clock_;
    azure_cli_options options_;
    worker_pool pool_;
};

/// What `az account get-access-token` printed. `expires_on` is seconds since 1970 and counts;
/// older versions have only `expiresOn`, in local time without a zone.
result<access_token> parse_cli_answer(std::string_view json, wall_time now);

}  // namespace kustodrop::azure
