#include "daemon/commands/checking/sample_check.hpp"

#include "base/live_secrets.hpp"
#include "base/text.hpp"
#include "base/wording/counted.hpp"
#include "config/clusters.hpp"
#include "daemon/commands/answering.hpp"
#include "daemon/commands/checking/sample_rows.hpp"
#include "daemon/commands/checking/target_check.hpp"
#include "daemon/commands/recorded/named_watch.hpp"
#include "daemon/commands/tables/query_session.hpp"
#include "daemon/commands/tables/sample_file.hpp"
#include "daemon/comparing/sample_comparison.hpp"
#include "daemon/inferring/sample_text.hpp"
#include "daemon/program.hpp"
#include "daemon/service/target_questions.hpp"
#include "pipeline/targets/target_route.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>
#include <variant>

namespace kustodrop::daemon {

namespace json = boost::json;

namespace {

/// What is compared with what.
struct question {
    std::string watch;
    std::string file;
    kusto::target where;
    std::string note = {};    // Where the watch has more targets.
    bool makes_rows = false;  // Of the records of a log: what is compared are these.
};

/// A problem and what it means for the exit code.
struct unanswered {
    std::string why;
    int code = some_failed;
};

void print_json(const question& about, const comparison& found) {
    json::array findings;
    for (auto& one : found.findings) {
        json::value column = nullptr;
        if (!one.column.empty()) column = json::string(printable(one.column));
        findings.push_back(json::object{
            {"gravity", to_string(one.gravity)},
            {"code", one.code},
            {"column", std::move(column)},
            {"text", printable(one.text)}});
    }
    auto text_or_null = [](const std::string& text) {
        return text.empty() ? json::value(nullptr) : json::value(json::string(printable(text)));
    };
    json::object out{
        {"watch", about.watch},
        {"target", printable(about.where.name())},
        {"format", std::string(kusto::to_string(about.where.format))},
        {"mapping", text_or_null(about.where.mapping_reference)},
        {"file", printable(about.file)},
        {"records", found.records},
        {"fits", found.fits()},
        {"problem", text_or_null(found.problem)},
        {"findings", std::move(findings)}};
    std::printf("%s\n", json::serialize(out).c_str());
}

void print_text(const question& about, const comparison& found) {
    auto& mapping = about.where.mapping_reference;
    std::printf(
        "%s beside %s%s: %s of %s\n",
        printable(about.file).c_str(),
        printable(about.where.name()).c_str(),
        mapping.empty() ? "" : (" with mapping " + printable(mapping)).c_str(),
        counted(found.records, "record").c_str(),
        std::string(kusto::to_string(about.where.format)).c_str()
    );
    for (auto how : {gravity::wrong, gravity::warning, gravity::note}) {
        for (auto& one : found.findings) {
            if (one.gravity != how) continue;
            std::printf("  %-8s %s\n", to_string(how).c_str(), printable(one.text).c_str());
        }
    }
    std::printf("%s\n", found.fits() ? "The sample fits." : "The sample does not fit.");
}

int print(const question& about, const comparison& found, const check_options& options) {
    if (options.json) {
        print_json(about, found);
    } else if (found.problem.empty()) {
        print_text(about, found);
    } else {
        auto text = printable(about.file) + ": " + printable(found.problem);
        std::fprintf(stderr, "%s\n", text.c_str());
    }
    return found.fits() ? all_well : some_failed;
}

unanswered why(const failure& refused, const kusto::target& where) {
    if (is_denied(refused)) {
        return {
            where.name() + " may not be looked at: the role Database Viewer on " + where.database +
                " would allow it; shipping does not need it",
            daemon::refused};
    }
    return {without_secrets(to_string(refused)), exit_code_for(refused)};
}

class sample_questions {
public:
    sample_questions(query_session& session, const kusto::target& where)
        : session_(session), where_(where) {}

    // Fills the facts; what could not be learned is in `problem`.
    asio::awaitable<table_facts> ask() {
        table_facts out;
        auto shown = co_await session_.ask(where_.database, schema_command(where_.table));
        if (shown.has_error()) {
            co_await explain(shown.error());
            co_return out;
        }
        auto texts = names_in(*shown, "Schema");
        auto columns = texts.empty() ? std::nullopt : parse_table_schema(texts.front());
        if (!columns) {
            problem = {"the answer about the columns of " + where_.name() + " cannot be read", 69};
            co_return out;
        }
        out.columns = std::move(*columns);
        if (!where_.mapping_reference.empty()) co_await ask_mapping(out);
        co_return out;
    }

    unanswered problem;

private:
    asio::awaitable<void> explain(failure refused) {
        if (!is_absent(refused)) {
            problem = why(refused, where_);
            co_return;
        }
        auto listed = co_await session_.ask(where_.database, ".show tables");
        auto names = listed ? names_in(*listed, "TableName") : std::vector<std::string>();
        auto is_database = listed.has_error();
        problem.why = is_database
                          ? "there is no database " + where_.database
                          : absent_name(where_.table, "a table of " + where_.database, names);
        problem.code = bad_configuration;
    }

    asio::awaitable<void> ask_mapping(table_facts& out) {
        auto listed = co_await session_.ask(where_.database, mappings_command(where_.table));
        if (listed.has_error()) {
            problem = why(listed.error(), where_);
            co_return;
        }
        auto text = mapping_in(*listed, where_);
        if (!text) {
            auto what = "a mapping of " + where_.name() + " for the format " +
                        std::string(kusto::to_string(where_.format));
            auto names = fitting_mappings(*listed, where_);
            problem = {absent_name(where_.mapping_reference, what, names), bad_configuration};
            co_return;
        }
        out.mapping = parse_mapping(*text);
        if (out.mapping) co_return;
        problem = {"the mapping " + where_.mapping_reference + " cannot be read", some_failed};
    }

    query_session& session_;
    const kusto::target& where_;
};

asio::awaitable<int> compare_with_table(
    connection& service, const question& about, const sample& what, const check_options& options
) {
    auto executor = co_await asio::this_coro::executor;
    query_session session(service, executor);
    sample_questions questions(session, about.where);
    table_facts facts;
    auto signed_in = co_await session.begin();
    if (signed_in) {
        facts = co_await questions.ask();
    } else {
        questions.problem = why(signed_in.error(), about.where);
    }
    co_await session.end();
    auto& problem = questions.problem;
    comparison found;
    if (!problem.why.empty()) {
        found.problem = problem.why;
        print(about, found, options);
        co_return problem.code;
    }
    sample_rules rules;
    rules.format = kusto::to_string(about.where.format);
    rules.ignores_first_record = about.where.ignore_first_record;
    rules.never_has_header = about.makes_rows;
    found = compare(what, rules, facts);
    if (about.makes_rows) {
        auto text = "compared are the rows that the watch makes of its records, as `columns` says";
        found.add(gravity::note, "rows_made", text);
    }
    if (!about.note.empty()) found.add(gravity::note, "more_targets", about.note);
    co_return print(about, found, options);
}

// The path of a sample below the folder of the watch; empty: it lies elsewhere.
std::string path_inside(const std::string& folder, const std::string& file) {
    std::error_code error;
    auto base = std::filesystem::canonical(folder, error);
    auto parent = std::filesystem::path(file).parent_path();
    auto whole = error ? std::filesystem::path()
                       : std::filesystem::canonical(parent.empty() ? "." : parent, error);
    if (error) return {};
    auto out = (whole / std::filesystem::path(file).filename()).lexically_relative(base).string();
    return out.starts_with("../") || out.starts_with(".kustodrop/") ? std::string() : out;
}

// With a route the targets differ, and are alike in all but their names: that of the sample's own
// path, or one of those that are listed. Says why there is none.
std::string choose_target(const pipeline::watch_options& watch, question& out) {
    out.where = watch.target;
    if (!watch.route) return {};
    if (auto path = path_inside(watch.path, out.file); !path.empty()) {
        auto made = pipeline::target_route(watch.route, watch.target).decide(path);
        if (auto* refused = std::get_if<pipeline::route_refusal>(&made)) return refused->detail;
        out.where = std::get<kusto::target>(std::move(made));
        return {};
    }
    static constexpr std::size_t most = 50;
    auto targets = pipeline::listed_targets(watch.route, watch.target, most);
    if (targets.empty()) {
        return "its targets follow from names of folders that match patterns, or are more than 50: "
               "give a sample that lies below " +
               watch.path;
    }
    out.where = targets.front();
    if (targets.size() > 1) {
        out.note = "the watch has " + std::to_string(targets.size()) + " targets; this is one";
    }
    return {};
}

}  // namespace

int command_check_sample(const check_options& options) {
    auto settings = load_settings(options.config);
    if (!settings) return bad_configuration;
    auto watch =
        std::ranges::find(settings->watches, options.watch, [](auto& one) { return one.name; });
    if (watch == settings->watches.end()) {
        std::fprintf(stderr, "%s\n", unknown_watch(*settings, options.watch).c_str());
        return bad_usage;
    }
    if (auto silence = silence_of({options.sample}, patience_for_a_file)) {
        std::fprintf(stderr, "%s\n", silence->message().c_str());
        return unreachable;
    }
    auto what = read_sample(options.sample);
    if (!what) {
        std::fprintf(stderr, "%s\n", what.error().detail.c_str());
        return some_failed;
    }
    question about{watch->name, options.sample, {}};
    if (auto why_none = choose_target(*watch, about); !why_none.empty()) {
        comparison found;
        found.problem = std::move(why_none);
        return print(about, found, options);
    }
    bool is_text = obstacle(what->bytes).empty();
    auto rows = is_text ? rows_of_sample(*what, *watch, about.where) : std::nullopt;
    about.makes_rows = rows.has_value();
    if (rows) *what = std::move(*rows);
    program around(log_level::error, log_format::text);
    try {
        auto at = config::settings_at(*settings, watch->cluster);
        connection service(around.around(), at, config::process_environment());
        return around.run(compare_with_table(service, about, *what, options));
    } catch (const http::unusable_options& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return bad_configuration;
    }
}

}  // namespace kustodrop::daemon
