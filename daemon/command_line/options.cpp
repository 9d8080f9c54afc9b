#include "daemon/command_line/options.hpp"

#include "base/wording/help_text.hpp"
#include "config/reading/quantities.hpp"

#include <CLI/CLI.hpp>

#include <utility>

namespace kustodrop::command_line {

namespace {

class folded_layout : public CLI::Formatter {
public:
    std::string make_help(const CLI::App* app, std::string name, CLI::AppFormatMode how)
        const override {
        auto text = CLI::Formatter::make_help(app, std::move(name), how);
        return folded_help(text, columns_for_help());
    }
};

}  // namespace

std::shared_ptr<CLI::Formatter> help_layout() {
    auto out = std::make_shared<folded_layout>();
    out->column_width(help_column);
    return out;
}

CLI::Option* add_config(CLI::App* command, std::string& path) {
    return command->add_option("--config", path, "The configuration file")
        ->default_str(default_config)
        ->type_name("FILE");
}

void add_json(CLI::App* command, bool& json) { command->add_flag("--json", json, "Print JSON"); }

void describe(CLI::App* command, const char* group, const std::string& example) {
    command->group(group);
    command->footer("Example:\n  kustodrop " + example);
}

void add_socket(CLI::App* command, std::string& socket) {
    command->add_option("--socket", socket, "Admin socket of the daemon");
}

CLI::Option* add_duration(
    CLI::App* command, std::string name, std::function<void(duration)> set, std::string help
) {
    auto read = [set = std::move(set)](const std::string& text) {
        auto time = config::parse_duration(text);
        if (time.has_error()) throw CLI::ValidationError(text, time.error().detail);
        set(*time);
    };
    return command->add_option_function<std::string>(std::move(name), read, std::move(help))
        ->type_name("DURATION");
}

}  // namespace kustodrop::command_line
