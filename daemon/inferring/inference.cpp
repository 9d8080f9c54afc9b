#include "daemon/inferring/inference.hpp"

#include "base/text.hpp"
#include "daemon/inferring/json_records.hpp"
#include "daemon/inferring/json_values.hpp"
#include "daemon/inferring/sample_text.hpp"
#include "daemon/inferring/separated.hpp"
#include "daemon/inferring/separated_samples.hpp"

#include <algorithm>

namespace kustodrop::daemon {

namespace {

/// What the beginning of a sample looks like.
struct sample_format {
    std::string name;
    bool is_sure = true;  // No: there is no separator in it.
};

sample_format likely_format(const sample& one) {
    auto first = one.bytes[one.bytes.find_first_not_of(" \t\r\n")];
    if (first == '{' || first == '[') {
        return {is_json_lines(one.bytes, one.is_cut) ? "json" : "multijson"};
    }
    auto separator = likely_separator(one.bytes, one.is_cut);
    auto found = read_separated(one.bytes, separator, one.is_cut, 1);
    bool has_one = !found.records.empty() && found.records.front().size() > 1;
    return {std::string(format_of(separator)), has_one};
}

bool is_json(const std::string& format) { return format == "json" || format == "multijson"; }

/// The format of all samples, or why there is none.
struct found_format {
    std::string name;
    std::string problem = {};
};

found_format common_format(const std::vector<sample>& samples) {
    auto common = likely_format(samples.front());
    auto* of = &samples.front();
    for (std::size_t at = 1; at < samples.size(); ++at) {
        auto& one = samples[at];
        auto here = likely_format(one);
        bool are_alike = is_json(here.name) == is_json(common.name);
        if (are_alike && is_json(here.name)) {
            // Lines of JSON are multijson too.
            if (here.name == "multijson") common = here;
        } else if (are_alike && !common.is_sure) {
            common = here;
            of = &one;
        } else if (!are_alike || (here.is_sure && here.name != common.name)) {
            auto text = of->name + " is " + common.name + " and " + one.name + " is " + here.name;
            return {"", text + ": give samples of one format, or say which with --format"};
        }
    }
    return {common.name};
}

}  // namespace

inference infer(const std::vector<sample>& given, const infer_rules& rules) {
    auto samples = given;
    inference out;
    bool has_mark = false;
    bool is_text = true;
    for (auto& one : samples) {
        if (take_mark(one.bytes)) has_mark = true;
        auto why = obstacle(one.bytes);
        if (!why.empty()) {
            out.problem = one.name + ": " + why;
            return out;
        }
        is_text = is_text && (one.is_cut || is_valid_utf8(one.bytes));
    }
    if (samples.empty()) {
        out.problem = "no sample was given";
        return out;
    }
    auto found = rules.format ? found_format{*rules.format} : common_format(samples);
    if (!found.problem.empty()) {
        out.problem = found.problem;
        return out;
    }
    auto& format = found.name;
    if (!is_json(format) && !separator_of(format)) {
        out.problem = format + " cannot be looked into; use csv tsv scsv psv sohsv json multijson";
        return out;
    }
    out = is_json(format) ? infer_json(samples, format == "multijson")
                          : infer_separated(samples, format, rules.has_header);
    if (has_mark) out.notes.emplace_back("it begins with a byte order mark, which is ignored");
    if (!is_text) out.notes.emplace_back("it is not valid UTF-8: such bytes become U+FFFD");
    auto is_cut = std::ranges::any_of(samples, &sample::is_cut);
    if (is_cut) out.notes.emplace_back("only the beginning was looked at");
    return out;
}

}  // namespace kustodrop::daemon
