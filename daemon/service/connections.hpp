#pragma once

#include "daemon/service/connection.hpp"
#include "pipeline/cluster_sides.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace kustodrop::daemon {

/// The connection to each configured cluster. Where there are several, the log lines and metrics of
/// each name it, and bandwidth_limit holds for all together.
class connections {
public:
    connections(
        const surroundings& around,
        const config::settings& settings,
        const config::environment& environment
    );

    /// As connection::change(), of each.
    void change(const config::settings& settings);

    /// As connection::start(), of each.
    void start(task_group& tasks);

    std::size_t size() const { return all_.size(); }
    connection& operator[](std::size_t index) { return all_[index]->service; }

    /// Empty: it is the only one.
    const std::string& name(std::size_t index) const { return all_[index]->name; }

    /// The one of that name; the first if there is none.
    connection& find(std::string_view name);

    /// Metrics with the name of the cluster in their labels.
    metrics& measured(std::size_t index) { return all_[index]->around.measured; }

    /// All of them as the pipeline uses them.
    std::vector<pipeline::service_parts> parts();

    /// The endpoints, separated by commas.
    std::string endpoints();

private:
    struct link {
        link(
            const surroundings& given,
            std::string cluster,
            const config::settings& settings,
            const config::environment& environment
        );
        std::string name;
        metrics labelled;  // Of a named one; what `around` has otherwise is that of all.
        logger log;
        surroundings around;
        connection service;
    };
    std::vector<std::unique_ptr<link>> all_;
};

/// A cluster as the pipeline uses it.
pipeline::service_parts service_parts_of(connection& service);

}  // namespace kustodrop::daemon
