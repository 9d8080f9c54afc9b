// Many seeds of the simulated daemon, or one of them with its trace.
#include "simulation/simulation.hpp"

#include <sys/prctl.h>
#include <sys/wait.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <unistd.h>

namespace kustodrop::simulation {
namespace {

struct orders {
    std::uint64_t first = 1;
    std::uint64_t last = 100;
    unsigned jobs = 1;
    unsigned hours = 1;
    std::uint64_t repeat_every = 20;  // Such seeds run twice, for the same trace.
    bool twice = false;               // Every seed does.
    bool print = false;
    bool logs = false;
};

// "7" or "1..2000"
bool read_range(std::string_view text, orders& into) {
    char* rest = nullptr;
    std::string all(text);
    into.first = std::strtoull(all.c_str(), &rest, 10);
    into.last = into.first;
    if (std::string_view(rest).starts_with("..")) into.last = std::strtoull(rest + 2, &rest, 10);
    return *rest == '\0' && into.first > 0 && into.last >= into.first;
}

bool read_orders(int count, char** arguments, orders& into) {
    for (int i = 1; i < count; ++i) {
        std::string_view argument = arguments[i];
        bool has_value = i + 1 < count;
        if (argument == "--trace") {
            into.print = true;
        } else if (argument == "--logs") {
            into.logs = true;
        } else if (argument == "--twice") {
            into.twice = true;
        } else if ((argument == "--seed" || argument == "--seeds") && has_value) {
            if (!read_range(arguments[++i], into)) return false;
        } else if (argument == "--hours" && has_value) {
            into.hours = static_cast<unsigned>(std::strtoul(arguments[++i], nullptr, 10));
        } else if (argument == "--jobs" && has_value) {
            into.jobs = static_cast<unsigned>(std::strtoul(arguments[++i], nullptr, 10));
        } else {
            return false;
        }
    }
    return into.jobs > 0 && into.hours > 0;
}

std::string scratch_folder() {
    std::error_code ignored;
    auto memory = std::filesystem::is_directory("/dev/shm", ignored);
    auto root = memory ? std::filesystem::path("/dev/shm") : std::filesystem::temp_directory_path();
    return (root / ("kustodrop-simulation-" + std::to_string(::getpid()))).string();
}

void report_failure(const simulation& run, std::uint64_t seed, unsigned hours) {
    std::string text = "seed " + std::to_string(seed) + " (" + run.sky() + ") failed:\n";
    for (auto& violation : run.violations()) text += "    " + violation + "\n";
    text += "the last lines of its trace:\n";
    auto& lines = run.events().last_lines();
    auto from = lines.size() - std::min<std::size_t>(lines.size(), 100);
    for (auto i = from; i < lines.size(); ++i) text += "    " + lines[i] + "\n";
    text += "replay: kustodrop-simulation --seed " + std::to_string(seed) + " --hours " +
            std::to_string(hours) + " --trace\n";
    std::fputs(text.c_str(), stdout);
    std::fflush(stdout);
}

// Prints where two runs of a seed diverged.
void report_parting(const simulation& first, const simulation& second, std::uint64_t seed) {
    auto& one = first.events().last_lines();
    auto& other = second.events().last_lines();
    auto [here, there] = std::ranges::mismatch(one, other);
    auto line = [](auto at, auto& of) { return at == of.end() ? std::string("(end)") : *at; };
    std::printf(
        "seed %llu: two runs, two traces; they part at line %zu:\n    %s\n    %s\n",
        static_cast<unsigned long long>(seed),
        static_cast<std::size_t>(here - one.begin() + 1),
        line(here, one).c_str(),
        line(there, other).c_str()
    );
    std::fflush(stdout);
}

totals run_seed(const orders& given, std::uint64_t seed, const std::string& folder) {
    run_options options;
    options.seed = seed;
    options.span = std::chrono::hours(given.hours);
    options.print = given.print;
    options.logs = given.logs;
    options.folder = folder;
    options.keep = given.twice || (!given.print && seed % given.repeat_every == 0);
    simulation first(options);
    auto out = first.run();
    if (!first.violations().empty()) report_failure(first, seed, given.hours);
    if (given.print) {
        std::printf("trace hash %016llx\n", static_cast<unsigned long long>(first.trace_hash()));
    }
    if (!options.keep) return out;
    options.print = false;
    simulation second(options);
    second.run();
    ++out.repeated;
    if (second.trace_hash() == first.trace_hash()) return out;
    report_parting(first, second, seed);
    out.failed_seeds = 1;
    return out;
}

totals run_share(const orders& given, unsigned share) {
    totals all;
    auto folder = scratch_folder();
    for (auto seed = given.first + share; seed <= given.last; seed += given.jobs) {
        all.add(run_seed(given, seed, folder));
    }
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
    return all;
}

// One process per job; each sends its totals through a pipe.
bool run_jobs(const orders& given, totals& all) {
    std::vector<int> pipes;
    for (unsigned share = 0; share < given.jobs; ++share) {
        int ends[2];
        if (::pipe(ends) != 0) return false;
        auto child = ::fork();
        if (child < 0) return false;
        if (child == 0) {
            ::prctl(PR_SET_PDEATHSIG, SIGKILL);
            auto mine = run_share(given, share);
            auto written = ::write(ends[1], &mine, sizeof mine);
            std::fflush(stdout);
            ::_exit(written == sizeof mine ? 0 : 1);
        }
        ::close(ends[1]);
        pipes.push_back(ends[0]);
    }
    bool good = true;
    for (auto end : pipes) {
        totals part;
        good = ::read(end, &part, sizeof part) == sizeof part && good;
        all.add(part);
    }
    for (unsigned share = 0; share < given.jobs; ++share) {
        int status = 0;
        bool ended_well = ::wait(&status) > 0 && status == 0;
        if (!ended_well) std::puts("simulation: a job died; run its seeds with --jobs 1");
        good = good && ended_well;
    }
    return good;
}

// What a run of so many seeds must have covered at least to prove anything.
bool has_shown_something(const totals& all) {
    if (all.files < all.seeds * 10 || all.posts < all.seeds * 5) return false;
    if (all.seeds < 50) return true;
    auto queued = all.posts - all.streamed_posts;
    if (all.rest_posts < queued / 4 || all.rest_posts > queued * 3 / 4) return false;
    if (all.streamed_posts < all.posts / 20) return false;
    auto following = all.following_seeds;
    bool logs = following > all.seeds / 8 && all.log_rotations > following * 3 &&
                all.log_records > following * 100 && all.log_bytes_lost > 0;
    if (!logs) return false;
    return all.faults > all.seeds * 10 && all.crashes > all.seeds / 4 &&
           all.restarts > all.seeds / 8 && all.ambiguous_posts > 0 && all.joined > all.seeds / 4;
}

}  // namespace
}  // namespace kustodrop::simulation

int main(int count, char** arguments) {
    using namespace kustodrop::simulation;
    orders given;
    if (!read_orders(count, arguments, given)) {
        std::fputs(
            "usage: kustodrop-simulation [--seed N [--trace] | --seeds A..B] [--hours H] "
            "[--jobs J] [--twice] [--logs]\n",
            stderr
        );
        return 64;
    }
    totals all;
    bool good = true;
    if (given.jobs == 1) {
        all = run_share(given, 0);
    } else {
        std::fflush(stdout);
        good = run_jobs(given, all);
    }
    std::printf("simulation: %s\n", all.summary().c_str());
    if (!has_shown_something(all)) {
        std::puts("simulation: too little happened to show anything");
        return 1;
    }
    return good && all.failed_seeds == 0 ? 0 : 1;
}
