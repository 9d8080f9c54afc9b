#include "config/yaml/yaml_causes.hpp"

#include "base/text.hpp"

#include <string_view>

namespace kustodrop::config {

static constexpr std::string_view other_level =
    "does not belong to what stands above; check the indentation";
static constexpr std::string_view open_bracket =
    "is not valid YAML: a { or [ that stands above is not closed; close it";
static constexpr std::string_view asterisk =
    "is not valid YAML: a text that begins with * needs quotes, like \"*.json\"";

namespace {
struct cause {
    std::string_view theirs;
    std::string_view ours;
};
}  // namespace

static constexpr cause causes[]{
    {"illegal map value",
     "is not valid YAML: a colon where none can stand; check the indentation and the blank behind "
     "the colon, here and in the line above, and put a text with \": \" in quotes"},
    {"the referenced anchor is not defined", asterisk},
    {"alias not found after *", asterisk},
    {"illegal character found while scanning alias", asterisk},
    {"anchor not found after &", "is not valid YAML: a text that begins with & needs quotes"},
    {"unknown token", "is not valid YAML: a text that begins with @, % or ` needs quotes"},
    {"illegal flow end",
     "is not valid YAML: a } or ] that closes nothing; remove it, or put the text in quotes"},
    {"illegal block entry",
     "is not valid YAML: a dash where no list can begin; check the indentation"},
    {"illegal EOF in scalar",
     "is not valid YAML: a quote that stands above is not closed; close it"},
    {"end of map not found", other_level},
    {"end of sequence not found", other_level},
    {"end of map flow not found", open_bracket},
    {"end of sequence flow not found", open_bracket},
    {"unknown escape character",
     "is not valid YAML: an unknown \\ between double quotes; write \\\\ or use single quotes"},
};

std::string yaml_cause(const std::string& message) {
    for (auto& one : causes) {
        if (message == one.theirs) return std::string(one.ours);
    }
    return "is not valid YAML: " + printable(message);
}

}  // namespace kustodrop::config
