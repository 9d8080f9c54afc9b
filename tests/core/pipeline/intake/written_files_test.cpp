// Files that their writers still have open.
#include "core/pipeline/intake/intake_fixture.hpp"

#include <fcntl.h>
#include <unistd.h>

using namespace kustodrop;
using namespace kustodrop::pipeline;

using strings = std::vector<std::string>;

namespace {

struct writing : test::taking {
    spool::descriptor writer_of(const std::string& name) const {
        return spool::descriptor(
            ::open(files.path(name).c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644)
        );
    }
    static void write(const spool::descriptor& file, std::string_view text) {
        BOOST_TEST_REQUIRE(::write(file.get(), text.data(), text.size()) == ssize_t(text.size()));
    }
    // As the engine does.
    void look_again_at_changed() {
        for (auto& id : routed.changed_ids) {
            if (auto* what = sources->find(id)) subject->look_again(*what);
        }
        routed.changed_ids.clear();
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(written_files_, writing)

BOOST_AUTO_TEST_CASE(a_file_that_a_writer_keeps_open_waits_and_is_taken_after_all) {
    open();
    auto writer = writer_of("a.json");
    write(writer, "{\"n\":1}\n{\"n");
    for (int i = 0; i < 6; ++i) pass(1s);
    BOOST_TEST(names().empty());
    settle_files();
    settle_files();
    BOOST_TEST(names() == strings{"a.json"}, boost::test_tools::per_element());
    auto& file = claimed().front()->slices.front();
    BOOST_TEST(file.length_bytes == 8u);
    BOOST_TEST(file.has_rest());
    BOOST_TEST(ready.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_file_is_claimed_soon_after_its_writer_closed_it) {
    open();
    {
        auto writer = writer_of("a.json");
        write(writer, "{\"n\":1}\n");
        for (int i = 0; i < 7; ++i) pass(1s);
        BOOST_TEST(names().empty());
    }
    for (int i = 0; i < 5; ++i) pass(1s);
    BOOST_TEST(names().size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_torn_record_waits_for_its_end) {
    open();
    auto writer = writer_of("a.json");
    write(writer, "{\"n");
    for (int i = 0; i < 3; ++i) settle_files();
    BOOST_TEST_REQUIRE(names().size() == 1u);
    look_again_at_changed();
    settle_files();
    BOOST_TEST(ready.size() == 0u);
    write(writer, "\":1}\n{");
    settle_files();
    BOOST_TEST(ready.size() == 1u);
    BOOST_TEST(claimed().front()->slices.front().length_bytes == 8u);
}

BOOST_AUTO_TEST_CASE(what_waits_for_its_writer_waits_after_a_restart_too) {
    open();
    auto writer = writer_of("a.json");
    write(writer, "{\"n");
    for (int i = 0; i < 3; ++i) settle_files();
    BOOST_TEST_REQUIRE(journal->flush().has_value());
    auto unretired = journal->unretired().value();
    BOOST_TEST_REQUIRE(unretired.size() == 1u);
    cancel(*running);
    routed.changed_ids.clear();
    subject.reset();
    watch.reset();
    sources = std::make_unique<roster>(*journal, clock, measured);
    BOOST_TEST_REQUIRE(open(unretired).has_value());
    BOOST_TEST(routed.changed_ids.size() == 1u);
    look_again_at_changed();
    subject->finish();
    settle_files();
    BOOST_TEST(ready.size() == 1u);
    BOOST_TEST(claimed().front()->slices.front().length_bytes == 3u);
}

BOOST_AUTO_TEST_SUITE_END()
