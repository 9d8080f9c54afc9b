#include "daemon/commands/found_files.hpp"

#include "support/in_work.hpp"
#include "support/temp_folder.hpp"

#include <boost/test/unit_test.hpp>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

using namespace kustodrop;

namespace {

struct files_found : test::temp_folder {
    void put(const std::string& name) {
        std::filesystem::create_directories(std::filesystem::path(path(name)).parent_path());
        std::ofstream(path(name)) << "x";
    }
    std::vector<std::string> names(const std::string& of) {
        std::vector<std::string> out;
        for (auto& one : daemon::files_at({path(of)}).value()) {
            out.push_back(std::filesystem::path(one).filename().string());
        }
        return out;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(found_files_, files_found)

BOOST_AUTO_TEST_CASE(leaves_out_of_a_folder_what_a_watch_would_leave_out) {
    for (auto* name :
         {"in/a.csv",
          "in/deep/b.csv",
          "in/.DS_Store",
          "in/c.part",
          "in/d.csv~",
          "in/.git/config"}) {
        put(name);
    }
    put("in/" + test::in_work("e"));
    BOOST_TEST((names("in") == std::vector<std::string>{"a.csv", "b.csv"}));
}

BOOST_AUTO_TEST_CASE(takes_a_file_that_is_named_whatever_its_name) {
    put("in/c.part");
    BOOST_TEST((names("in/c.part") == std::vector<std::string>{"c.part"}));
}

BOOST_AUTO_TEST_CASE(says_that_a_path_is_empty) {
    BOOST_TEST(daemon::files_at({""}).error().detail == "a path is empty");
}

BOOST_AUTO_TEST_CASE(says_that_a_pipe_cannot_be_sent) {
    ::mkfifo(path("pipe").c_str(), 0600);
    auto refused = daemon::files_at({path("pipe")});
    BOOST_TEST(refused.error().code == errc::not_a_file);
    BOOST_TEST(refused.error().detail.find("pipe") != std::string::npos);
    BOOST_TEST(daemon::files_at({"/dev/null"}).error().code == errc::not_a_file);
    BOOST_TEST(daemon::files_at({path("none")}).error().code == errc::no_such_file);
}

BOOST_AUTO_TEST_SUITE_END()
