// Feeds every target its corpus: each input whole, cut off at every length and with single bytes
// changed. A target without a corpus, or a folder without a target, is a failure.
#include "fuzz/fuzz_target.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>

namespace kustodrop::fuzz {

namespace files = std::filesystem;

static constexpr std::size_t most_cuts = 4096;  // Of a long input only the beginning is cut.

static std::map<std::string, target_function>& targets() {
    static std::map<std::string, target_function> all;
    return all;
}

registration::registration(const char* name, target_function run) { targets().emplace(name, run); }

namespace {

struct counts {
    unsigned long inputs = 0;
    unsigned long variants = 0;
};

void vary(const std::string& whole, target_function run, counts& sum) {
    run(whole);
    ++sum.inputs;
    for (std::size_t at = 0; at < whole.size() && at < most_cuts; ++at) {
        run(std::string_view(whole).substr(0, at));
        auto changed = whole;
        // Each position gets some of the bytes that have a meaning in one of the formats.
        static constexpr std::string_view odd("\0\"<&%{}[]:;\xff\n9-", 16);
        changed[at] = odd[(at * 7 + whole.size()) % odd.size()];
        run(changed);
        sum.variants += 2;
    }
}

int replay(const files::path& corpus) {
    counts sum;
    bool good = !targets().empty();
    for (auto& [name, run] : targets()) {
        counts mine;
        std::error_code absent;
        for (auto& entry : files::directory_iterator(corpus / name, absent)) {
            std::ifstream in(entry.path(), std::ios::binary);
            vary({std::istreambuf_iterator<char>(in), {}}, run, mine);
        }
        std::printf("%s: %lu inputs, %lu variants\n", name.c_str(), mine.inputs, mine.variants);
        good = good && mine.inputs > 0;
        sum.inputs += mine.inputs;
        sum.variants += mine.variants;
    }
    for (auto& entry : files::directory_iterator(corpus)) {
        if (targets().contains(entry.path().filename())) continue;
        std::printf("%s has no target\n", entry.path().c_str());
        good = false;
    }
    std::printf(
        "fuzz corpus: %zu targets, %lu inputs, %lu variants\n",
        targets().size(),
        sum.inputs,
        sum.variants
    );
    return good ? 0 : 1;
}

}  // namespace
}  // namespace kustodrop::fuzz

int main(int count, char** arguments) {
    if (count != 2) return 64;
    return kustodrop::fuzz::replay(arguments[1]);
}
