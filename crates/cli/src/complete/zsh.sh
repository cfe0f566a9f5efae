#compdef NAME
# zsh completion for NAME

_NAME() {
    local reply candidate note prefix
    local -i directive
    local -a replies offered options

    replies=("${(@f)$(${(Q)words[1]} REQUEST "${(@Q)words[2,CURRENT]}" 2>/dev/null)}")
    [[ ${replies[-1]} == :* ]] || return 1
    directive=${replies[-1]#:}
    replies[-1]=()

    for reply in "${replies[@]}"; do
        candidate=${reply%%$'\t'*}
        candidate=${candidate//:/\\:}
        if [[ ${reply} == *$'\t'* ]]; then
            offered+=("${candidate}:${reply#*$'\t'}")
        else
            offered+=("${candidate}")
        fi
    done

    # Only the value of --flag=value is offered.
    [[ ${words[CURRENT]} == -*=* ]] && compset -P '*='
    ((directive & 2)) && options+=(-S '')
    ((directive & 32)) && options+=(-V NAME)
    if ((directive & 16)); then
        _path_files -/
    elif ((${#offered})); then
        _describe NAME offered "${options[@]}"
    elif ((!(directive & 4))); then
        _files
    fi
}

if [[ ${funcstack[1]} == _NAME ]]; then
    _NAME
else
    compdef _NAME NAME
fi
