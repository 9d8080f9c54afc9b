#include "emulator/engine/scripts/script_run.hpp"

#include <utility>

namespace kustodrop::emulator {

namespace {

struct command_end {
    std::string result;
    std::string reason = {};
};

}  // namespace

static asio::awaitable<result<void>> run_command(
    script_parts with, std::string database, std::string text
) {
    auto what = parse_command(database, text, with.now);
    if (!what) co_return what.error();
    auto answer = co_await with.engine.run(std::move(database), std::move(*what));
    if (!answer) co_return answer.error();
    co_return result<void>();
}

asio::awaitable<result<dataset>> run_script(script_parts with, std::string database, script what) {
    using enum column_type;
    dataset out;
    out.columns = {
        {"OperationId", guid},
        {"CommandType", string},
        {"CommandText", string},
        {"Result", string},
        {"Reason", string}};
    bool has_ended = false;
    for (auto& text : what.commands) {
        auto type = type_of_command(text);
        command_end end{"Completed"};
        if (has_ended) {
            end = {"Skipped", "An earlier command failed."};
        } else if (type.ends_with("Show")) {
            end = {"Skipped", "Commands that only show something are not run."};
        } else {
            auto done = co_await run_command(with, database, text);
            if (!done) {
                if (what.throws_on_errors) co_return done.error();
                end = {"Failed", done.error().detail};
                has_ended = !what.continues_on_errors;
            }
        }
        out.rows.push_back({make_guid(with.random), type, text, end.result, end.reason});
    }
    co_return result<dataset>(boost::system::in_place_value, std::move(out));
}

}  // namespace kustodrop::emulator
