# fish completion for NAME

# Asks for what can stand here and keeps it for the completion below. Where files can stand, it fails:
# then fish offers them on its own, which knows of quotes and of --flag=file.
function __NAME_complete
    set --global __NAME_offered
    set -l asked (commandline --tokenize --cut-at-cursor --current-process)
    set -l typed (commandline --current-token --cut-at-cursor)
    set -l current (string unescape -- "$typed"; or string replace --regex '^[\'"]' '' -- "$typed")
    set -l replies ($asked[1] REQUEST $asked[2..-1] "$current" 2>/dev/null)
    test (count $replies) -gt 0; or return
    set -l directive (string replace --regex '^:' '' -- $replies[-1])
    set --erase replies[-1]

    # Only the value of --flag=value is offered.
    set -l prefix (string match --regex '^-[^=]*=' -- $current)
    if test (math "bitand($directive, 16)") -ne 0
        set replies (__fish_complete_directories (string replace -- "$prefix" '' $current))
    else if test (count $replies) -eq 0; and test (math "bitand($directive, 4)") -eq 0
        return 1
    end
    set __NAME_offered "$prefix"$replies
end

complete --command NAME --erase
complete --command NAME --condition __NAME_complete --no-files --arguments '$__NAME_offered'
