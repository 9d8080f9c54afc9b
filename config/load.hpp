#pragma once

#include "base/result.hpp"
#include "config/environment.hpp"
#include "config/reading/origins.hpp"
#include "config/settings.hpp"
#include "config/yaml/problem.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace kustodrop::config {

struct loaded {
    settings values;                // Whole only when ok().
    std::vector<problem> problems;  // Errors and warnings, by position.
    config::origins origins = {};
    std::string file = {};  // The main one.
    bool ok() const;        // No errors; warnings are allowed.
};

/// A fragment that is not in its place yet, to be read with the others (docs/configuration.md §8).
struct candidate {
    std::string file;    // Empty: none.
    std::string name;    // The one in the folder that it will replace, or be.
    std::string folder;  // Of the fragments; empty: the configuration's own.
};

/// Reads and checks a whole configuration, with its fragments, and finds all its problems at once.
/// A file that cannot be read is a problem like others. A literal secret is refused while group or
/// others can read the file. Blocks; never throws for what the file says.
loaded load_file(const std::string& path, const environment&, const candidate& = {});

/// The same for a text that is not a file's: secrets may be literal in it.
loaded load_text(std::string_view text, std::string file_name, const environment&);

/// Reads a secret again from its `client_secret_source`, for a rotation without a restart.
result<secret> read_secret(const std::string& source, const environment&);

}  // namespace kustodrop::config
