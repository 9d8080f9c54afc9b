#include "daemon/terminal/output.hpp"

#include "daemon/exit_code.hpp"
#include "daemon/terminal/terminal.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <poll.h>
#include <unistd.h>

namespace kustodrop::daemon {

void put_text(const std::string& text, std::FILE* to) {
    auto descriptor = ::fileno(to);
    auto columns = ::isatty(descriptor) ? size_of_terminal(descriptor).columns : 0;
    std::fputs(columns > 0 ? folded_text(text, columns).c_str() : text.c_str(), to);
}

static bool has_no_reader() {
    ::pollfd out{STDOUT_FILENO, POLLOUT, 0};
    return ::poll(&out, 1, 0) == 1 && (out.revents & POLLERR) != 0;
}

output_end finish_output() {
    errno = 0;
    std::cout.flush();
    bool is_whole = std::cout.good() && std::fflush(stdout) == 0 && std::ferror(stdout) == 0;
    if (is_whole) return output_end::whole;
    int why = errno;
    bool is_closed = why == EPIPE || has_no_reader();
    errno = why;
    return is_closed ? output_end::closed : output_end::lost;
}

int exit_code_after(int code, output_end end) {
    bool may_say_so = code == all_well || code == some_failed;
    return end == output_end::lost && may_say_so ? journal_io : code;
}

int end_with(int code) {
    auto end = finish_output();
    if (end == output_end::lost) {
        auto why = errno == 0 ? "an earlier part of it was refused" : std::strerror(errno);
        std::fprintf(stderr, "kustodrop: the output cannot be written: %s\n", why);
    }
    return exit_code_after(code, end);
}

}  // namespace kustodrop::daemon
