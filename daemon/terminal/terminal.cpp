#include "daemon/terminal/terminal.hpp"

#include <sys/ioctl.h>
#include <sys/signalfd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <poll.h>
#include <unistd.h>

namespace kustodrop::daemon {

bool is_screen(int descriptor) {
    auto* kind = std::getenv("TERM");
    return ::isatty(descriptor) && kind && *kind && std::string_view(kind) != "dumb";
}

terminal_size size_of_terminal(int descriptor) {
    winsize known{};
    terminal_size size;
    if (::ioctl(descriptor, TIOCGWINSZ, &known) != 0) return size;
    if (known.ws_col > 0) size.columns = known.ws_col;
    if (known.ws_row > 0) size.rows = known.ws_row;
    return size;
}

static void write_all(std::string_view text) {
    while (!text.empty()) {
        auto written = ::write(STDOUT_FILENO, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return;  // The terminal was closed; a signal says so too.
        text.remove_prefix(static_cast<std::size_t>(written));
    }
}

full_screen::full_screen() : coloured_(!std::getenv("NO_COLOR")) {
    sigset_t all;
    sigemptyset(&all);
    for (int one : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGWINCH}) sigaddset(&all, one);
    ::sigprocmask(SIG_BLOCK, &all, nullptr);
    signals_ = ::signalfd(-1, &all, SFD_CLOEXEC | SFD_NONBLOCK);
    termios now{};
    if (::tcgetattr(STDIN_FILENO, &now) == 0) before_ = now;
    enter();
}

full_screen::~full_screen() {
    leave();
    if (signals_ >= 0) ::close(signals_);
}

// The alternate screen keeps what was shown before; the cursor would only flicker.
void full_screen::enter() {
    if (before_) {
        auto quiet = *before_;
        quiet.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
        ::tcsetattr(STDIN_FILENO, TCSANOW, &quiet);
    }
    write_all("\x1b[?1049h\x1b[?25l\x1b[2J");
}

void full_screen::leave() {
    write_all("\x1b[0m\x1b[?25h\x1b[?1049l");
    if (before_) ::tcsetattr(STDIN_FILENO, TCSANOW, &*before_);
}

void full_screen::show(const std::vector<screen_line>& lines) {
    auto size = size_of_terminal(STDOUT_FILENO);
    std::string out = "\x1b[H";
    auto count = std::min<std::size_t>(lines.size(), size.rows);
    for (std::size_t i = 0; i < count; ++i) {
        auto text = cut(lines[i].text, size.columns);
        bool styled = lines[i].how != screen_line::look::plain;
        if (lines[i].how == screen_line::look::bold) out += "\x1b[1m";
        if (lines[i].how == screen_line::look::heading) {
            out += "\x1b[7m";
            text.resize(text.size() + size.columns - columns_of(text), ' ');
        }
        if (lines[i].how == screen_line::look::trouble) out += coloured_ ? "\x1b[1;31m" : "\x1b[1m";
        out += text;
        if (styled) out += "\x1b[0m";
        out += "\x1b[K";
        if (i + 1 < count) out += "\r\n";
    }
    write_all(out + "\x1b[J");
}

// Ctrl-Z: the shell gets its terminal back; `fg` continues.
void full_screen::stop_for_now() {
    leave();
    ::kill(::getpid(), SIGSTOP);
    enter();
}

full_screen::woken full_screen::take_signal() {
    signalfd_siginfo info{};
    auto bytes = ::read(signals_, &info, sizeof info);
    if (bytes != static_cast<ssize_t>(sizeof info)) return woken::by_time;
    if (info.ssi_signo == SIGWINCH) return woken::by_resize;
    if (info.ssi_signo != SIGTSTP) return woken::by_the_end;
    stop_for_now();
    return woken::by_resize;
}

full_screen::woken full_screen::wait(duration time) {
    pollfd waited[2]{{signals_, POLLIN, 0}, {before_ ? STDIN_FILENO : -1, POLLIN, 0}};
    auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(time).count();
    if (::poll(waited, 2, static_cast<int>(milliseconds)) <= 0) return woken::by_time;
    if (waited[0].revents) return take_signal();
    char key = 0;
    if (::read(STDIN_FILENO, &key, 1) <= 0 || key == 'q' || key == 'Q') return woken::by_the_end;
    return woken::by_resize;  // Any other key: look again now.
}

}  // namespace kustodrop::daemon
