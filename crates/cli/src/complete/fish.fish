# fish completion for NAME

function __NAME_complete
    set -l asked (commandline --tokenize --cut-at-cursor --current-process)
    set -l current (commandline --current-token --cut-at-cursor)
    set -l replies ($asked[1] REQUEST $asked[2..-1] "$current" 2>/dev/null)
    test (count $replies) -gt 0; or return
    set -l directive (string replace --regex '^:' '' -- $replies[-1])
    set --erase replies[-1]

    # Only the value of --flag=value is offered.
    set -l prefix (string match --regex '^-[^=]*=' -- $current)
    if test (math "bitand($directive, 16)") -ne 0
        __fish_complete_directories (string replace -- "$prefix" '' $current)
    else if test (count $replies) -gt 0
        for reply in $replies
            printf '%s%s\n' "$prefix" $reply
        end
    else if test (math "bitand($directive, 4)") -eq 0
        __fish_complete_path (string replace -- "$prefix" '' $current)
    end
end

complete --command NAME --erase
complete --command NAME --no-files --arguments '(__NAME_complete)'
