#include "daemon/commands/infer.hpp"

#include "base/text.hpp"
#include "daemon/commands/answering.hpp"
#include "daemon/commands/tables/sample_file.hpp"
#include "daemon/exit_code.hpp"
#include "daemon/inferring/inference.hpp"

#include <boost/json.hpp>

#include <cstdio>
#include <utility>

namespace kustodrop::daemon {

namespace json = boost::json;

static void print_inference(const inference& found, const std::string& commands) {
    json::array columns;
    for (auto& one : found.columns) {
        columns.push_back(json::object{
            {"name", one.name},
            {"type", std::string(to_string(one.type))},
            {"source", printable(one.source)}});
    }
    json::array notes;
    for (auto& one : found.notes) notes.push_back(json::string(printable(one)));
    json::object out{
        {"format", found.format},
        {"header", found.has_header},
        {"records", found.records},
        {"columns", std::move(columns)},
        {"notes", std::move(notes)},
        {"commands", commands}};
    std::printf("%s\n", json::serialize(out).c_str());
}

int command_infer(const infer_options& options) {
    if (auto silence = silence_of(options.paths, patience_for_a_file)) {
        std::fprintf(stderr, "%s\n", silence->message().c_str());
        return unreachable;
    }
    std::vector<sample> samples;
    for (auto& path : options.paths) {
        auto one = read_sample(path);
        if (!one) {
            std::fprintf(stderr, "%s\n", one.error().detail.c_str());
            return some_failed;
        }
        samples.push_back(std::move(*one));
    }
    infer_rules rules;
    if (!options.format.empty()) rules.format = options.format;
    if (!options.header.empty()) rules.has_header = options.header == "yes";
    auto found = infer(samples, rules);
    if (!found.problem.empty()) {
        std::fprintf(stderr, "%s\n", printable(found.problem).c_str());
        return some_failed;
    }
    auto mapping = options.mapping.empty() ? options.table + "_" + found.format : options.mapping;
    auto commands = commands_of(found, options.table, mapping);
    if (options.json) {
        print_inference(found, commands);
    } else {
        std::fputs(commands.c_str(), stdout);
    }
    return all_well;
}

}  // namespace kustodrop::daemon
