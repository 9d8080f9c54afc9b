#!/usr/bin/env python3
"""Writes the completions of bash, zsh and fish for both programs: completions.py OUT [BIN]."""
import pathlib
import re
import sys

import helps

FILES = {
    "--config", "--ca-file", "--ready-file", "--data", "--socket", "--fragment", "--log",
    "--sample", "--file", "--export", "--certificate", "--federated-key",
}  # fmt: skip
FOLDERS = {"--state-directory", "--path", "--conf-d", "--arc-token-directory"}
PATHS = {"send", "explain", "bundle", "infer"}  # Commands whose operands are files.
ACTIONS = {"config": ["show"]}  # Those whose first operand is one of these.


def choices(option):
    """The values in "--outcome TEXT:{succeeded,failed}"."""
    match = re.search(r"\{([a-z_,]+)\}", option)
    return match[1].split(",") if match else []


def flags(options):
    """[(flag, takes a value, its choices, meaning)]."""
    found = []
    for option, meaning in options:
        flag = helps.flag_of(option)
        if flag:
            found.append((*flag, choices(option), meaning))
    return found


def bash_values(all_flags):
    lines = []
    for flag, value, values, _ in all_flags:
        if values:
            answer = f'COMPREPLY=($(compgen -W "{" ".join(values)}" -- "$word"))'
        elif flag in FILES:
            answer = 'mapfile -t COMPREPLY < <(compgen -f -- "$word")'
        elif flag in FOLDERS:
            answer = 'mapfile -t COMPREPLY < <(compgen -d -- "$word")'
        elif value:
            answer = ":"
        else:
            continue
        lines.append(f"        {flag}) {answer}; return ;;")
    return sorted(set(lines))


def bash(name, commands):
    function = "_" + name.replace("-", "_")
    every = [flag for _, options in commands.values() for flag in flags(options)]
    cases = []
    for command, (_, options) in commands.items():
        names = " ".join([*ACTIONS.get(command, []), *(flag for flag, *_ in flags(options))])
        answer = f'COMPREPLY=($(compgen -W "{names}" -- "$word"))'
        if command in PATHS:  # Names may hold blanks: one a line.
            answer += '; mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -f -- "$word")'
        cases.append(f'        {command or "*"}) {answer} ;;')
    first = ""
    if "" not in commands:
        answer = f'COMPREPLY=($(compgen -W "{" ".join(commands)}" -- "$word"))'
        first = f"    if ((COMP_CWORD == 1)); then\n        {answer}\n        return\n    fi\n"
    return "\n".join([
        f"# bash completion of {name}",
        f"{function}() {{",
        '    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}',
        # A flag of one command may be an option with a value in another: --watch.
        first + "    [[ $word == -* ]] || case $before in",
        *bash_values(every),
        "    esac",
        "    case ${COMP_WORDS[1]} in",
        *cases,
        "    esac",
        "}",
        f"complete -o filenames -F {function} {name}",
        "",
    ])


def zsh_quoted(text):
    return text.replace("'", "'\\''").replace("[", "\\[").replace("]", "\\]").replace(":", "\\:")


def zsh_argument(flag, value, values, meaning):
    line = f"'{flag}[{zsh_quoted(meaning)}]"
    if values:
        line += f":value:({' '.join(values)})"
    elif flag in FILES:
        line += ":file:_files"
    elif flag in FOLDERS:
        line += ":folder:_files -/"
    elif value:
        line += ":value:"
    return line + "'"


def zsh(name, commands):
    def arguments(options, files, actions=()):
        listed = [zsh_argument(*one) for one in flags(options)]
        if actions:
            listed.append(f"'1:action:({' '.join(actions)})'")
        if files:
            listed.append("'*:file:_files'")
        return " ".join(["_arguments", *listed])

    if "" in commands:
        return f"#compdef {name}\n{arguments(commands[''][1], False)}\n"
    described = " ".join(f"'{one}:{zsh_quoted(what)}'" for one, (what, _) in commands.items())
    cases = [
        f"    {one}) {arguments(options, one in PATHS, ACTIONS.get(one, ()))} ;;"
        for one, (_, options) in commands.items()
    ]
    return "\n".join([
        f"#compdef {name}",
        "if ((CURRENT == 2)); then",
        f"    local -a commands=({described})",
        "    _describe command commands",
        "    return",
        "fi",
        "local command=$words[2]",
        "shift words",
        "((CURRENT--))",
        "case $command in",
        *cases,
        "esac",
        "",
    ])


def fish_quoted(text):
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def fish(name, commands):
    lines = [f"# fish completion of {name}"]
    for command, (what, options) in commands.items():
        when = ""
        if command:
            first = f"complete -c {name} -n __fish_use_subcommand -f"
            lines.append(f"{first} -a {command} -d {fish_quoted(what)}")
            when = f" -n '__fish_seen_subcommand_from {command}'"
            if command not in PATHS:
                lines.append(f"complete -c {name}{when} -f")
        for action in ACTIONS.get(command, []):
            lines.append(f"complete -c {name}{when} -a {action}")
        for flag, value, values, meaning in flags(options):
            line = f"complete -c {name}{when} -l {flag[2:]} -d {fish_quoted(meaning)}"
            if values:
                line += f" -x -a {fish_quoted(' '.join(values))}"
            elif flag in FILES | FOLDERS:
                line += " -r -F"
            elif value:
                line += " -x"
            lines.append(line)
    return "\n".join(lines) + "\n"


def main():
    out = pathlib.Path(sys.argv[1])
    built = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else "build")
    out.mkdir(parents=True, exist_ok=True)
    emulator = helps.program(built, "kustodrop-emulator")
    programs = {
        "kustodrop": helps.commands_of(helps.program(built, "kustodrop")),
        "kustodrop-emulator": {"": ("", helps.options_in(helps.help_of(emulator)))},
    }
    for name, commands in programs.items():
        (out / f"{name}.bash").write_text(bash(name, commands))
        (out / f"_{name}").write_text(zsh(name, commands))
        (out / f"{name}.fish").write_text(fish(name, commands))


if __name__ == "__main__":
    main()
