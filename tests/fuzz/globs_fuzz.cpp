// Globs, creation time patterns and name rules: the first line is the pattern, the rest a name.
#include "base/glob.hpp"
#include "fuzz/fuzz_target.hpp"
#include "kusto/creation_time.hpp"
#include "spool/watching/name_rules.hpp"

using namespace kustodrop;
using fuzz::promise;

FUZZ_TARGET(globs) {
    auto end = input.find('\n');
    auto pattern = input.substr(0, end);
    auto name = end == input.npos ? std::string_view() : input.substr(end + 1);
    bool matches = spool::glob_matches(pattern, name);
    promise(matches == spool::glob_matches(pattern, name), "the same question, the same answer");
    if (auto problem = spool::glob_problem(pattern)) promise(!problem->empty(), "it says why");
    bool literal = pattern.find_first_of("*?[\\/") == pattern.npos && !pattern.empty();
    bool plain = literal && !spool::glob_problem(pattern);
    if (plain) promise(spool::glob_matches(pattern, pattern), "a plain name matches itself");
    spool::name_rule_options options;
    options.include.emplace_back(pattern);
    options.done_marker = ".ok";
    spool::name_rules rules(std::move(options));
    if (auto marked = rules.marked_by(name)) promise(rules.accepts(*marked), "a marked name ships");
    rules.ignored_because(name);
    auto times = spool::creation_time_pattern::parse(pattern);
    if (!times) return promise(!times.error().detail.empty(), "it says why");
    times->match(name);
}
