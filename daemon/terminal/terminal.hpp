#pragma once

#include "base/time.hpp"
#include "daemon/terminal/columns.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <termios.h>
#include <vector>

namespace kustodrop::daemon {

struct terminal_size {
    unsigned columns = 80;
    unsigned rows = 24;
};

/// Whether a full screen can be shown there: a terminal that knows how to move its cursor.
bool is_screen(int descriptor);

/// Asks the terminal each time, because it may be resized. 80 by 24 where it does not answer.
terminal_size size_of_terminal(int descriptor);

/// One line of a screen.
struct screen_line {
    enum class look { plain, bold, heading, trouble };
    std::string text;
    look how = look::plain;
};

/// Has the whole terminal while it exists. Its end, Ctrl-C and Ctrl-Z leave the terminal as it
/// was before: what was on it, the cursor, the echo.
class full_screen {
public:
    enum class woken { by_time, by_resize, by_the_end };

    full_screen();
    ~full_screen();
    full_screen(const full_screen&) = delete;

    /// Replaces what is shown. Lines that are too long, and too many, are cut.
    void show(const std::vector<screen_line>& lines);

    /// Waits until the time is over, the terminal is resized, or `q` or a signal ends it.
    woken wait(duration time);

private:
    void enter();
    void leave();
    void stop_for_now();
    woken take_signal();

    std::optional<termios> before_;
    int signals_ = -1;
    bool coloured_ = false;
};

}  // namespace kustodrop::daemon
