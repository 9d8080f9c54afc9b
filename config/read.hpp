#pragma once

#include "config/section.hpp"
#include "config/settings.hpp"

#include <optional>
#include <string>
#include <string_view>

/// Each section of the file to its settings: internal to load.
namespace kustodrop::config {

/// What is to be read, and whether nobody else can read it, so that secrets may stand in it.
struct document_text {
    std::string_view text;
    std::string file_name;
    bool is_private = false;
};
loaded load_document(const document_text&, const environment&);

void read_cluster(section, const environment&, cluster_settings&);
/// `literal_allowed`: nobody else can read the file.
void read_auth(section, const environment&, bool literal_allowed, auth_settings&);
void read_upload(section, upload_settings&);
void read_notifications(section, pipeline::outcomes_options&);
void read_retention(section, retention_settings&);
void read_network(section, const environment&, bool literal_allowed, network_settings&);
void read_drain(section, drain_settings&);
void read_admin(section, admin_settings&);
void read_log(section, log_settings&);
/// All watches, and what they mean for each other and for the settings read before.
void read_watches(section& root, settings&);

/// What is wrong with an absolute path, as the end of a sentence. Empty is allowed.
std::optional<std::string> path_problem(const std::string& path);

/// Without doubled slashes, "." and a slash at the end.
std::string normal_path(const std::string& path);

/// Whether `path` is `folder` or in it; both normal.
bool is_within(std::string_view path, std::string_view folder);

}  // namespace kustodrop::config
