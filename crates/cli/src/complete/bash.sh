# bash completion for NAME

_NAME_complete() {
    local line=${COMP_LINE} word current prefix reply candidate note directive at=0 last=-1
    local -a asked=() replies=() candidates=() notes=()

    # Readline cuts words at = and : too; put together what has no space between.
    for word in "${COMP_WORDS[@]}"; do
        if [[ ${line} == [[:space:]]* || ${last} -lt 0 ]]; then
            line=${line#"${line%%[![:space:]]*}"}
            last=$((last + 1))
            asked[last]=${word}
        else
            asked[last]+=${word}
        fi
        line=${line#"${word}"}
        [[ ${at} -eq ${COMP_CWORD} ]] && break
        at=$((at + 1))
    done

    while IFS= read -r reply; do
        replies+=("${reply}")
    done < <("${asked[0]}" REQUEST "${asked[@]:1}" 2>/dev/null)
    [[ ${#replies[@]} -gt 0 ]] || return
    directive=${replies[${#replies[@]} - 1]#:}
    unset "replies[${#replies[@]} - 1]"

    current=${asked[last]}
    [[ ${current} == -*=* ]] && current=${current#*=}
    prefix=
    [[ ${COMP_WORDBREAKS} == *:* && ${current} == *:* ]] && prefix=${current%"${current##*:}"}

    for reply in "${replies[@]}"; do
        candidate=${reply%%$'\t'*}
        note=
        [[ ${reply} == *$'\t'* ]] && note=${reply#*$'\t'}
        if [[ ${candidate} == "${current}"* ]]; then
            candidates+=("${candidate#"${prefix}"}")
            notes+=("${note}")
        fi
    done

    COMPREPLY=("${candidates[@]}")
    # 63: the user asked for the list, nothing will be put in.
    if [[ ${COMP_TYPE} -eq 63 && ${#candidates[@]} -gt 1 ]]; then
        for at in "${!candidates[@]}"; do
            [[ -n ${notes[at]} ]] && COMPREPLY[at]="${candidates[at]}  (${notes[at]})"
        done
    fi
    ((directive & 2)) && compopt -o nospace
    ((directive & 16)) && compopt -o dirnames
    ((directive & 32)) && compopt -o nosort 2>/dev/null
    ((!(directive & 20) && ${#candidates[@]} == 0)) && compopt -o default
    return 0
}

complete -F _NAME_complete NAME
