#include "emulator/program/startup_text.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>

using namespace kustodrop;

BOOST_AUTO_TEST_SUITE(startup_text_)

BOOST_AUTO_TEST_CASE(in_the_root_folder_paths_have_one_slash) {
    auto facts = R"({"endpoint":"http://127.0.0.1:1","blob_endpoint":"","queue_endpoint":"",)"
                 R"("table_endpoint":"","tenant":"t","client_id":"c","client_secret":"s",)"
                 R"("ca_file":"","data":""})";
    auto here = std::filesystem::current_path();
    std::filesystem::current_path("/");
    auto text =
        emulator::startup_text(facts, "https://kusto.kusto.windows.net", {"Demo.Web(a:int)"});
    std::filesystem::current_path(here);
    for (auto line : {"path: \"/drop\"", "directory: \"/state\"", "\"unix:/state/admin.sock\""}) {
        BOOST_TEST(text.find(line) != std::string::npos, line);
    }
}

BOOST_AUTO_TEST_SUITE_END()
