#include "configuration.hpp"

#include <boost/test/unit_test.hpp>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <unistd.h>

using namespace kustodrop;
using namespace kustodrop::test;

// A folder with real files, gone with the test.
struct folder {
    folder() {
        auto name = (std::filesystem::temp_directory_path() / "config_test_XXXXXX").string();
        BOOST_TEST_REQUIRE(::mkdtemp(name.data()) != nullptr);
        path = name;
    }
    ~folder() { std::filesystem::remove_all(path); }

    std::string write(const std::string& name, const std::string& text, ::mode_t mode) const {
        auto whole = (path / name).string();
        std::ofstream(whole) << text;
        BOOST_TEST_REQUIRE(::chmod(whole.c_str(), mode) == 0);
        return whole;
    }

    std::filesystem::path path;
};

static std::string with_secret(const std::string& secret) {
    return std::string(whole_cluster) +
           "auth: {kind: client_secret, tenant_id: t, client_id: c, client_secret: " + secret +
           "}\n" + std::string(whole_watches);
}

static const machine ours{
    {{"SECRET", "hunter2"}, {"LINES", "hunter2\nhunter3"}},
    {{"/secret", "hunter2\n"}, {"/credentials/client-secret", "hunter3\n"}, {"/empty", "\n"}},
};

BOOST_FIXTURE_TEST_SUITE(secrets_, folder)

BOOST_AUTO_TEST_CASE(may_be_literal_only_in_a_private_file) {
    struct row {
        ::mode_t mode;
        bool allowed;
    };
    for (auto& [mode, allowed] : std::initializer_list<row>{
             {0600, true},
             {0400, true},
             {0700, true},
             {0640, false},
             {0604, false},
             {0644, false}}) {
        auto file = write("k.yaml", with_secret("hunter2"), mode);
        auto loaded = config::load_file(file, ours.environment());
        auto refused =
            file +
            ":2:72: auth.client_secret: is a literal secret in a file that group or others can "
            "read; make the file private (chmod 600) or write ${cred:name}, ${file:/path} or "
            "${env:NAME}\n";
        BOOST_TEST(printed(loaded) == (allowed ? "" : refused));
    }
}

BOOST_AUTO_TEST_CASE(may_come_from_outside_into_a_file_that_all_can_read) {
    for (auto* source : {"'${env:SECRET}'", "'${file:/secret}'", "'${cred:client-secret}'"}) {
        auto file = write("k.yaml", with_secret(source), 0644);
        BOOST_TEST(printed(config::load_file(file, ours.environment())) == "");
    }
}

BOOST_AUTO_TEST_CASE(are_literal_even_in_part_or_as_a_default) {
    for (auto* source :
         {"'hun${env:SECRET}'",
          "'${env:SECRET:-hunter2}'",
          "'${env:X:-hunter2}'",
          "'$$${env:SECRET}'"}) {
        auto file = write("k.yaml", with_secret(source), 0644);
        auto problems = printed(config::load_file(file, ours.environment()));
        BOOST_TEST_CONTEXT(source) {
            BOOST_TEST(problems.find("is a literal secret") != std::string::npos);
            BOOST_TEST(problems.find("hun") == std::string::npos);
        }
    }
}

BOOST_AUTO_TEST_CASE(are_read_from_the_credential_unless_configured_otherwise) {
    auto text = std::string(whole_cluster) +
                "auth: {kind: client_secret, tenant_id: t, client_id: c}\n" +
                std::string(whole_watches);
    auto loaded = load(text, ours);
    BOOST_TEST(printed(loaded) == "");
    BOOST_TEST(loaded.values.auth.client_secret.reveal() == "hunter3");
    BOOST_TEST(loaded.values.auth.client_secret_source == "${cred:client-secret}");
    BOOST_TEST(
        problems_of(text) ==
        "k.yaml:2:7: auth.client_secret: is missing, and its default ${cred:client-secret} refers "
        "to the credential client-secret, which cannot be read: /credentials/client-secret: No "
        "such file or directory; give it with LoadCredential= in the unit, as kustodrop "
        "gen-dropin does\n"
    );
}

BOOST_AUTO_TEST_CASE(keep_their_source_only_when_it_can_be_read_again) {
    auto source = [](const std::string& secret) {
        return load(with_secret(secret), ours).values.auth.client_secret_source;
    };
    BOOST_TEST(source("'${file:/secret}'") == "${file:/secret}");
    BOOST_TEST(source("'${cred:client-secret}'") == "${cred:client-secret}");
    BOOST_TEST(source("'${env:SECRET}'") == "");
    BOOST_TEST(source("hunter2") == "");
    BOOST_TEST(source("'hunter${file:/secret}'") == "");
}

BOOST_AUTO_TEST_CASE(are_read_again_from_their_source) {
    auto machine = ours;
    machine.files["/secret"] = "rotated\n";
    auto again = config::read_secret("${file:/secret}", machine.environment());
    BOOST_TEST_REQUIRE(again.has_value());
    BOOST_TEST(again->reveal() == "rotated");
    BOOST_TEST(config::read_secret("${file:/gone}", machine.environment()).has_error());
    BOOST_TEST(config::read_secret("${file:/empty}", machine.environment()).has_error());
}

BOOST_AUTO_TEST_CASE(must_be_one_line_of_something) {
    BOOST_TEST(
        problems_of(with_secret("'${file:/empty}'"), ours) ==
        "k.yaml:2:72: auth.client_secret: is empty; use the secret\n"
    );
    BOOST_TEST(
        problems_of(with_secret("'${env:LINES}'"), ours) ==
        "k.yaml:2:72: auth.client_secret: has a line break or another control character in it; "
        "use one line\n"
    );
}

BOOST_AUTO_TEST_CASE(never_stand_in_a_problem) {
    for (std::string secret :
         {"hunter2, kind: x",
          "[hunter2]",
          "{hunter2: hunter2}",
          "hunter2, client_secret: hunter2",
          "hunter2, client_secrt: hunter2",
          "'${hunter2}'",
          "'${file:hunter2}'",
          "'${cred:../hunter2}'",
          "'${env:hunter-2}'",
          "'hunter2${'",
          "\"hunter2\\n\"",
          "*hunter2 ",
          "!hunter2 a",
          "'hunter2",
          "\"hunter2\\q\""}) {
        auto file = write("k.yaml", with_secret(secret), 0644);
        auto problems = printed(config::load_file(file, ours.environment()));
        BOOST_TEST_CONTEXT(secret + problems) {
            BOOST_TEST(problems != "");
            BOOST_TEST(problems.find("hunter") == std::string::npos);
        }
    }
}

BOOST_AUTO_TEST_CASE(come_from_real_files_and_variables) {
    auto secret_file = write("secret", "hunter2\n", 0600);
    auto environment = config::process_environment();
    ::setenv("KUSTODROP_CONFIG_TEST", "from the environment", 1);
    BOOST_TEST(*environment.variable("KUSTODROP_CONFIG_TEST") == "from the environment");
    ::unsetenv("KUSTODROP_CONFIG_TEST");
    BOOST_TEST(!environment.variable("KUSTODROP_CONFIG_TEST").has_value());
    auto file = write("k.yaml", with_secret("'${file:" + secret_file + "}'"), 0644);
    auto loaded = config::load_file(file, environment);
    BOOST_TEST(printed(loaded) == "");
    BOOST_TEST(loaded.values.auth.client_secret.reveal() == "hunter2");
}

BOOST_AUTO_TEST_CASE(files_that_others_can_read_are_refused_without_quoting_them) {
    auto environment = config::process_environment();
    for (::mode_t mode : {0640, 0604, 0644, 0660}) {
        auto file = write("secret", "hunter2\n", mode);
        auto refused = config::read_secret("${file:" + file + "}", environment);
        BOOST_TEST_REQUIRE(refused.has_error());
        BOOST_TEST(refused.error().detail.find("chmod 600 " + file) != std::string::npos);
        BOOST_TEST(refused.error().detail.find("hunter2") == std::string::npos);
        auto config = write("k.yaml", with_secret("'${file:" + file + "}'"), 0644);
        auto problems = printed(config::load_file(config, environment));
        BOOST_TEST(problems.find("auth.client_secret: refers to a file") != std::string::npos);
        BOOST_TEST(problems.find("group or others can read it") != std::string::npos);
    }
    auto file = write("secret", "hunter2\n", 0400);
    BOOST_TEST(config::read_secret("${file:" + file + "}", environment)->reveal() == "hunter2");
}

BOOST_AUTO_TEST_CASE(files_of_other_keys_need_not_be_private) {
    auto name = write("database", "Logs\n", 0644);
    auto secret = write("secret", "hunter2\n", 0600);
    auto text =
        std::string(whole_cluster) +
        "auth: {kind: client_secret, tenant_id: t, client_id: c, client_secret: '${file:" + secret +
        "}'}\nwatches: [{path: /d, database: '${file:" + name + "}', table: T, format: csv}]\n";
    auto file = write("k.yaml", text, 0644);
    auto loaded = config::load_file(file, config::process_environment());
    BOOST_TEST(printed(loaded) == "");
    BOOST_TEST(loaded.values.watches.at(0).target.database == "Logs");
}

// systemd lets the unit's user in by an ACL, which shows as the right of the group.
BOOST_AUTO_TEST_CASE(credentials_of_systemd_may_look_shared) {
    auto credential = write("client-secret", "hunter2\n", 0440);
    ::setenv("CREDENTIALS_DIRECTORY", path.c_str(), 1);
    auto environment = config::process_environment();
    ::unsetenv("CREDENTIALS_DIRECTORY");
    BOOST_TEST(config::read_secret("${cred:client-secret}", environment)->reveal() == "hunter2");
    BOOST_TEST(!config::may_be_shared(credential, ""));
    BOOST_TEST(config::may_be_shared(credential, path.string()));
    BOOST_TEST(!config::may_be_shared(path.string() + "-other/x", path.string()));
    BOOST_TEST(!config::may_be_shared(path.string() + "/../x", path.string()));
}

// What kubelet makes of a secret: links through ..data to the folder of one version.
BOOST_AUTO_TEST_CASE(volumes_of_kubernetes_may_look_shared) {
    auto version = path / "..2026_11_24_19_00_00.123";
    std::filesystem::create_directory(version);
    write("..2026_11_24_19_00_00.123/client-secret", "hunter2\n", 0644);
    std::filesystem::create_symlink(version.filename(), path / "..data");
    std::filesystem::create_symlink("..data/client-secret", path / "client-secret");
    auto file = (path / "client-secret").string();
    auto environment = config::process_environment();
    BOOST_TEST(config::read_secret("${file:" + file + "}", environment)->reveal() == "hunter2");
    std::filesystem::remove(path / "..data");
    BOOST_TEST(!config::may_be_shared((version / "client-secret").string(), ""));
}

BOOST_AUTO_TEST_CASE(variables_that_held_one_are_overwritten_where_they_stood) {
    static char variable[] = "KUSTODROP_CONCEALED=hunter2-and-more";
    ::putenv(variable);
    auto environment = config::process_environment();
    auto text = with_secret("'${env:KUSTODROP_CONCEALED}'");
    for (int reload = 0; reload < 2; ++reload) {
        auto loaded = config::load_text(text, "k.yaml", environment);
        BOOST_TEST(printed(loaded) == "");
        BOOST_TEST(loaded.values.auth.client_secret.reveal() == "hunter2-and-more");
        BOOST_TEST(std::string(variable) == "KUSTODROP_CONCEALED=");
        BOOST_TEST(std::string(variable + 20, 16) == std::string(16, '\0'));
    }
    ::unsetenv("KUSTODROP_CONCEALED");
}

BOOST_AUTO_TEST_CASE(other_variables_are_left_alone) {
    static char variable[] = "KUSTODROP_PLAIN=Logs";
    ::putenv(variable);
    auto text = minimal() + "log: {level: '${env:KUSTODROP_LEVEL:-info}'}\n" +
                "state_directory: '/${env:KUSTODROP_PLAIN}'\n";
    auto loaded = config::load_text(text, "k.yaml", config::process_environment());
    BOOST_TEST(loaded.values.state_directory == "/Logs");
    BOOST_TEST(std::string(variable) == "KUSTODROP_PLAIN=Logs");
    ::unsetenv("KUSTODROP_PLAIN");
}

BOOST_AUTO_TEST_CASE(files_that_cannot_be_read_are_problems_like_others) {
    auto environment = config::process_environment();
    auto printed_for = [&](const std::string& path) {
        return printed(config::load_file(path, environment));
    };
    auto absent = (path / "absent.yaml").string();
    BOOST_TEST(
        printed_for(absent) ==
        absent + ":1:1: cannot be read: " + absent + ": No such file or directory\n"
    );
    BOOST_TEST(printed_for(path.string()).find("is not a regular file") != std::string::npos);
    auto fifo = (path / "fifo").string();
    BOOST_TEST_REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
    BOOST_TEST(printed_for(fifo).find("is not a regular file") != std::string::npos);
    auto large = write("large.yaml", std::string((1 << 20) + 1, '#'), 0600);
    BOOST_TEST(
        printed_for(large) ==
        large + ":1:1: cannot be read: " + large + ": is larger than 1048576 bytes\n"
    );
    auto secret = write("secret", std::string((64 << 10) + 1, 'x'), 0600);
    BOOST_TEST(environment.read_file(secret).has_error());
    BOOST_TEST(environment.read_file("/dev/zero").has_error());
}

BOOST_AUTO_TEST_SUITE_END()
