// A log that is written through a mapping: neither its size nor its times show it.
#include "core/spool/following/looking/folder_fixture.hpp"

#include <sys/mman.h>

#include <fcntl.h>
#include <unistd.h>

using namespace kustodrop;
using namespace kustodrop::spool;
using test::following_a_folder;

namespace {

struct mapped_log : following_a_folder {
    static constexpr std::size_t reserved = 64 * 1024;
    char* bytes = nullptr;
    std::size_t written = 0;

    mapped_log() {
        append("app.log", std::string(reserved, '\0'));
        int file = ::open(place.path("app.log").c_str(), O_RDWR | O_CLOEXEC);
        auto* mapped = ::mmap(nullptr, reserved, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        ::close(file);
        BOOST_TEST_REQUIRE(mapped != MAP_FAILED);
        bytes = static_cast<char*>(mapped);
    }
    ~mapped_log() { ::munmap(bytes, reserved); }

    void write(const std::string& text) {
        text.copy(bytes + written, text.size());
        written += text.size();
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(mapped_logs, mapped_log)

BOOST_AUTO_TEST_CASE(what_is_written_into_the_reserve_is_found) {
    auto first = lines('a', 3);
    write(first);
    BOOST_TEST(cut() == first);
    for (char name : {'b', 'c', 'd'}) {
        auto next = lines(name, 5);
        write(next);
        BOOST_TEST(cut() == next);
        BOOST_TEST(cut() == "");
    }
}

BOOST_AUTO_TEST_SUITE_END()
